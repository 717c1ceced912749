import assert from "node:assert/strict";
import { headFlops, layerFlops, pathFlops } from "./flops.ts";

const config = {
  vocabSize: 1,
  hiddenSize: 2,
  numLayers: 3,
  numHeads: 1,
  intermediateSize: 5,
  maxPositions: 8,
  numSegments: 1,
  layerNormEpsilon: 1e-12,
};

Deno.test("layerFlops counts projections, feed-forward and attention, two per multiply-add", () => {
  // 3 tokens: projections 4*3*2*2 = 48, feed-forward 2*3*2*5 = 60, attention 2*3*3*2 = 36; 144 multiply-adds.
  assert.equal(layerFlops(config, 3), 288);
});

Deno.test("layerFlops of BERT-base at 128 tokens is 1.86 billion", () => {
  const base = { ...config, hiddenSize: 768, intermediateSize: 3072 };
  assert.equal(layerFlops(base, 128), 2 * (128 * 768 * 768 * 12 + 2 * 128 * 128 * 768));
});

Deno.test("pathFlops adds the executed layers, the head and one dot product per plan network", () => {
  assert.equal(headFlops(config, 3), 2 * (4 + 6));
  assert.equal(pathFlops(config, 3, 2, 3, 3), 2 * 288 + 20 + 3 * 4);
  assert.equal(pathFlops(config, 3, 0, 3), 20);
});
