import assert from "node:assert/strict";
import { clock, progressLine } from "./progress.ts";

Deno.test("clock writes minutes and, when needed, hours", () => {
  assert.equal(clock(0), "0:00");
  assert.equal(clock(75.4), "1:15");
  assert.equal(clock(3 * 3600 + 62), "3:01:02");
  assert.equal(clock(-5), "0:00");
});

Deno.test("progressLine says run, stage, step, loss, speed and time left", () => {
  const line = progressLine(
    "mrpc bert-s0",
    { stage: "stage 1", step: 10, steps: 40, loss: 0.69312, examplesPerSecond: 26.04 },
    2.5,
  );
  assert.equal(line, "mrpc bert-s0  stage 1  step 10/40  loss 0.6931  26.0 examples/s  1:15 left");
});
