import assert from "node:assert/strict";
import { leaves, random } from "../tensor/mod.ts";
import { disposeTree, startBackend } from "../tensor/mod.ts";
import { parameterCount } from "./parameter_count.ts";
import { randomBert } from "./params.ts";

const base = {
  vocabSize: 30522,
  hiddenSize: 768,
  numLayers: 12,
  numHeads: 12,
  intermediateSize: 3072,
  maxPositions: 512,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

Deno.test("parameterCount gives BERT-base its 109,482,240 numbers, and 1,538 to a classifier of two outputs", () => {
  const { embeddings, rest } = parameterCount(base, 2);
  assert.equal(embeddings, 23_837_184);
  assert.equal(embeddings + rest, 109_482_240 + 1_538);
});

Deno.test("parameterCount counts what randomBert makes", async () => {
  await startBackend("cpu");
  const config = {
    ...base,
    vocabSize: 11,
    hiddenSize: 8,
    numLayers: 2,
    intermediateSize: 5,
    maxPositions: 7,
  };
  const params = randomBert(config, 3, random(0, "count"));
  const { embeddings, rest } = parameterCount(config, 3);
  const size = (tree: Parameters<typeof leaves>[0]) =>
    leaves(tree).reduce((sum, { param }) => sum + param.size, 0);
  assert.equal(size(params.embeddings), embeddings);
  assert.equal(size(params), embeddings + rest);
  disposeTree(params);
});
