import assert from "node:assert/strict";
import { randomWeights, referenceForward } from "./reference_bert.ts";

const config = {
  vocabSize: 4,
  hiddenSize: 2,
  numLayers: 1,
  numHeads: 1,
  intermediateSize: 2,
  maxPositions: 3,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

Deno.test("referenceForward of weights 0 with LayerNorms 1 and shift 2 gives 2 everywhere and logits of the biases", () => {
  const weights = randomWeights(config, 2);
  for (const [name, { data }] of weights) {
    data.fill(/LayerNorm.weight$/.test(name) ? 1 : /LayerNorm.bias$/.test(name) ? 2 : 0);
  }
  weights.get("classifier.bias")!.data.set([5, 6]);
  const { hidden, pooled, logits } = referenceForward(config, weights, {
    tokenIds: [1, 2],
    segmentIds: [0, 1],
    mask: [1, 1],
    size: 1,
  });
  assert.deepEqual(hidden, [[2, 2, 2, 2], [2, 2, 2, 2]]);
  assert.deepEqual([pooled, logits], [[0, 0], [5, 6]]);
});
