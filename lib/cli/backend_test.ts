import assert from "node:assert/strict";
import { trainingStepMs } from "../bench/training_step.ts";
import { recipeFor } from "../runs/recipe.ts";
import { liveTensors, startBackend } from "../tensor/mod.ts";
import { chooseBackend, fasterBackend, plannedBackend, stepShape } from "./backend.ts";

const tiny = {
  config: {
    vocabSize: 11,
    hiddenSize: 8,
    numLayers: 1,
    numHeads: 2,
    intermediateSize: 8,
    maxPositions: 8,
    numSegments: 2,
    layerNormEpsilon: 1e-12,
  },
  batchSize: 2,
  tokens: 5,
  trainEmbeddings: true,
};

Deno.test("fasterBackend takes the smaller time and the first of equals, and says both", async () => {
  const lines: string[] = [];
  const at = (ms: Record<string, number>) => (name: string) => Promise.resolve(ms[name]);
  assert.equal(
    await fasterBackend(["webgpu", "wasm"], at({ webgpu: 30, wasm: 20 }), (line) => lines.push(line)),
    "wasm",
  );
  assert.equal(await fasterBackend(["webgpu", "wasm"], at({ webgpu: 20, wasm: 20 }), () => {}), "webgpu");
  assert.deepEqual(lines, ["one training step on webgpu: 30 ms", "one training step on wasm: 20 ms"]);
});

Deno.test("stepShape has the rows of the largest batch: 32 for micro's CoLA, whose stage 1 has 16", () => {
  const recipe = recipeFor("micro", "cola", null, {});
  assert.deepEqual([recipe.stage1.batchSize, stepShape(tiny, recipe).batchSize], [16, 32]);
});

Deno.test("chooseBackend starts the backend that is named", async () => {
  const backend = await chooseBackend({ backend: "cpu", blas: "auto", simd: "auto" }, tiny, () => {});
  assert.equal(backend.name, "cpu");
});

Deno.test("plannedBackend says what is started, and why", async () => {
  const named = await plannedBackend({ backend: "cpu", blas: "auto", simd: "auto" }, tiny);
  assert.deepEqual([named.name, named.why], ["cpu", "DPB_BACKEND names it"]);
  const { name, why } = await plannedBackend({ backend: "auto", blas: "auto", simd: "auto" }, tiny);
  if (name === "wasm") assert.match(why, /no WebGPU adapter|software|measured here/);
  else assert.match(why, /measured/);
});

Deno.test("trainingStepMs takes the median of the third to fifth step and leaves no tensor behind", async () => {
  const backend = await startBackend("cpu");
  const before = liveTensors();
  let clock = 0;
  // Every look at the clock is a millisecond: the figure counts looks, not seconds.
  const ms = await trainingStepMs(backend, tiny, () => clock++);
  assert(Number.isInteger(ms) && ms > 0 && ms < 20);
  assert.equal(liveTensors(), before);
});
