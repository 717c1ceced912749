import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { startBackend } from "../tensor/mod.ts";
import { openPredictor } from "./predictor.ts";
import { checkpointFolder } from "./run.ts";
import { trainRun } from "./unit.ts";

Deno.test("openPredictor gives a trained DPBERT's label, probabilities and path for a text", async () => {
  const results = await Deno.makeTempDir();
  try {
    const settings = { targetRate: 0.6, epochs: 1, "stage2.steps": 2, "stage3.steps": 2 };
    const request = { profile: "smoke", task: "sst-2", method: "dpbert", settings, seed: 0 };
    const context = { config: readConfig({}), backend: await startBackend("wasm"), results, now: () => 0 };
    await trainRun(request, context);
    const model = await openPredictor(checkpointFolder(results, request));
    const prediction = await model.predict("it was a good horse .");
    assert(["negative", "positive"].includes(prediction.label));
    assert(Math.abs(prediction.probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
    assert.match(prediction.path, /^[01]{4}$/);
    assert.deepEqual(await model.predict("it was a good horse ."), prediction);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

Deno.test("openPredictor names the file that is missing", async () => {
  await assert.rejects(openPredictor("/nowhere/model"), (error) => {
    assert(error instanceof InputError && error.message.includes("config.json"));
    return true;
  });
});
