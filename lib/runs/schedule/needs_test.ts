import assert from "node:assert/strict";
import { diskNeed, jobsFor, memoryNeed } from "./needs.ts";
import { recipeFor } from "../recipe.ts";

const minilm = {
  vocabSize: 30522,
  hiddenSize: 384,
  numLayers: 6,
  numHeads: 12,
  intermediateSize: 1536,
  maxPositions: 512,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};
const training = { config: minilm, recipe: recipeFor("glue", "mrpc", null, {}), numOutputs: 2 };

Deno.test("diskNeed is the weights of every run and two checkpoints of each that trains", () => {
  // 1 layer x 1: 6 embeddings and 2 for their norm; 6 + 2 + 2 + 2 + 2 + 2 in the layer, 2 in the pooler, 2 outputs.
  const tiny = {
    ...minilm,
    vocabSize: 3,
    hiddenSize: 1,
    numLayers: 1,
    numHeads: 1,
    intermediateSize: 1,
    maxPositions: 2,
    numSegments: 1,
  };
  const all = 4 * (8 + 16 + 2 + 2), frozen = 4 * 8;
  assert.equal(diskNeed({ ...training, config: tiny, numOutputs: 1 }, 3, 2), 3 * all + 16 * (all - frozen));
  assert.equal(diskNeed(training, 0, 2), 0);
});

Deno.test("memoryNeed is a little above the 2.14 GB that the committed MiniLM runs reached, and half of one for smoke", () => {
  const gigabytes = memoryNeed(training).total / 1e9;
  assert.ok(gigabytes > 2.136 && gigabytes < 2.5, String(gigabytes));
  const smoke = {
    config: { ...minilm, vocabSize: 200, hiddenSize: 32, numLayers: 4, numHeads: 4, intermediateSize: 64 },
    recipe: recipeFor("smoke", "sst-2", null, {}),
    numOutputs: 2,
  };
  assert.ok(Math.abs(memoryNeed(smoke).total / 1e9 - 0.5) < 0.1);
});

Deno.test("memoryNeed grows with the batch, with trained embeddings and with the length up to the model's positions", () => {
  const need = (settings: Record<string, number | boolean>) =>
    memoryNeed({ ...training, recipe: recipeFor("glue", "mrpc", null, settings) }).heap;
  assert.ok(need({ "stage1.batchSize": 64 }) > need({}));
  assert.ok(need({ "stage1.trainEmbeddings": true }) > need({}));
  assert.ok(need({ maxLength: 256 }) > need({}));
  const short = (maxLength: number) =>
    memoryNeed({
      ...training,
      config: { ...minilm, maxPositions: 128 },
      recipe: recipeFor("glue", "mrpc", null, { maxLength }),
    }).heap;
  assert.equal(short(512), short(128));
});

Deno.test("jobsFor is one run per core as far as memory and runs reach, one on a GPU, and never none", () => {
  const roomy = { cores: 8, free: 32e9, need: 2e9, runs: 12, usesGpu: false };
  assert.equal(jobsFor(roomy), 8);
  assert.equal(jobsFor({ ...roomy, free: 7.9e9 }), 3);
  assert.equal(jobsFor({ ...roomy, runs: 4 }), 4);
  assert.equal(jobsFor({ ...roomy, usesGpu: true }), 1);
  assert.equal(jobsFor({ ...roomy, free: 1e9 }), 1);
});
