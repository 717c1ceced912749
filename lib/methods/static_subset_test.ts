import assert from "node:assert/strict";
import { random, startBackend } from "../tensor/mod.ts";
import { tinyBackbone, tinyConfig, tinySet } from "./tiny_model.ts";
import { lossOf, randomSubset, searchSubset } from "./static_subset.ts";
import { fineTune } from "./fine_tune.ts";

const { ops } = await startBackend("wasm");
const goingOn = { done: null, between: () => Promise.resolve() };

Deno.test("randomSubset keeps as many layers as asked, and every layer about as often", () => {
  const rng = random(0, "subsets"), kept = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 600; i++) {
    const path = randomSubset(2, 6, rng);
    assert.match(path, /^(0*1){2}0*$/);
    [...path].forEach((executed, layer) => kept[layer] += Number(executed));
  }
  assert.ok(kept.every((times) => Math.abs(times - 200) < 50), String(kept));
  assert.deepEqual([randomSubset(0, 3, rng), randomSubset(3, 3, rng)], ["000", "111"]);
});

Deno.test("lossOf even odds is ln C, of a value its squared error", () => {
  assert.ok(Math.abs(lossOf([5, 5, 5], 2, "classification") - Math.log(3)) < 1e-12);
  assert.ok(Math.abs(lossOf([Math.log(3), 0], 1, "classification") - Math.log(4)) < 1e-12);
  assert.equal(lossOf([1000, 0], 0, "classification"), 0);
  assert.equal(lossOf([3], 1, "regression"), 4);
});

/** Four layers of which two were trained alone: the others are random, so that leaving them in does harm. */
async function trainedOn(path: string) {
  const backbone = tinyBackbone(ops, 0, { ...tinyConfig, numLayers: 4 });
  const settings = {
    steps: 80,
    batchSize: 8,
    learningRate: 2e-2,
    warmup: 0.1,
    weightDecay: 0.01,
    clipNorm: 1,
    trainEmbeddings: true,
    evaluations: 1,
  };
  await fineTune(backbone, tinySet(), settings, 0, { now: () => 0 }, path);
  return backbone;
}

Deno.test("searchSubset finds the two layers that were trained together", async () => {
  for (const path of ["0110", "1001"]) {
    assert.equal(await searchSubset(await trainedOn(path), tinySet(), 2, goingOn), path);
  }
});

Deno.test("searchSubset of all layers looks at none, and can be stopped", async () => {
  const backbone = tinyBackbone(ops), stopped = new Error("stopped");
  const stopping = { done: null, between: () => Promise.reject(stopped) };
  assert.equal(await searchSubset(backbone, tinySet(), 2, stopping), "11");
  await assert.rejects(searchSubset(backbone, tinySet(), 1, stopping), stopped);
});
