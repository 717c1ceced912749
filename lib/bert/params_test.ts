import assert from "node:assert/strict";
import { disposeTree, leaves, random, readValues, startBackend } from "../tensor/mod.ts";
import { randomBert } from "./params.ts";

await startBackend("wasm");
const tiny = {
  vocabSize: 7,
  hiddenSize: 4,
  numLayers: 2,
  numHeads: 2,
  intermediateSize: 6,
  maxPositions: 5,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

/** Parameters of a BERT, counted on a one-layer one and continued: the big tables need not be drawn. */
function countOf(config: typeof tiny, numOutputs: number): number {
  const h = config.hiddenSize;
  const params = randomBert(
    { ...config, vocabSize: 1, maxPositions: 1, numLayers: 1 },
    numOutputs,
    () => 0.5,
  );
  const count = (tree: unknown) => leaves(tree).reduce((total, { param }) => total + param.size, 0);
  const total = count(params) + (config.numLayers - 1) * count(params.layers[0]) +
    (config.vocabSize - 1 + config.maxPositions - 1) * h;
  disposeTree(params);
  return total;
}

Deno.test("randomBert has the published number of parameters", () => {
  const miniLm = {
    ...tiny,
    vocabSize: 30522,
    hiddenSize: 384,
    numLayers: 6,
    numHeads: 12,
    intermediateSize: 1536,
    maxPositions: 512,
  };
  // all-MiniLM-L6-v2 has 22,713,216; a classifier of two labels adds 2 * 384 + 2.
  assert.equal(countOf(miniLm, 2), 22_713_216 + 770);
  const base = { ...miniLm, hiddenSize: 768, numLayers: 12, intermediateSize: 3072 };
  assert.equal(countOf(base, 2), 109_482_240 + 1538); // bert-base-uncased
});

Deno.test("randomBert names its parameters as the rename table expects and draws them from the stream alone", async () => {
  const one = randomBert(tiny, 2, random(3, "backbone")), two = randomBert(tiny, 2, random(3, "backbone"));
  const paths = leaves(one).map(({ path }) => path);
  assert.equal(paths.length, 3 + 2 + 2 * 12 + 4);
  assert.ok(
    ["embeddings.word", "layers.1.qkv.weight", "layers.0.outputNorm.bias", "classifier.bias"].every((name) =>
      paths.includes(name)
    ),
  );
  for (const [i, { path, param }] of leaves(one).entries()) {
    const values = await readValues(param);
    assert.deepEqual(values, await readValues(leaves(two)[i].param));
    const expected = /Norm\.weight|norm\.weight/.test(path) ? 1 : /bias$/.test(path) ? 0 : null;
    if (expected !== null) assert.ok(values.every((x) => x === expected), path);
    else assert.ok(values.every((x) => Math.abs(x) <= 0.0400001), path);
  }
  disposeTree(one);
  disposeTree(two);
});
