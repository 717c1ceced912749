import assert from "node:assert/strict";
import { trainingLine } from "./training.ts";

Deno.test("trainingLine says stage, step, loss and speed", () => {
  const step = { stage: "stage 1", step: 12, steps: 64, loss: 0.69314, examplesPerSecond: 740.4 };
  assert.equal(trainingLine(step), "stage 1: step 12 of 64, loss 0.693, 740 examples/s");
});
