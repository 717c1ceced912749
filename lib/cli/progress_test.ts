import assert from "node:assert/strict";
import { clock, downloadLine, progressLine } from "./progress.ts";

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

Deno.test("downloadLine says file, bytes, speed and time left", () => {
  const half = { name: "MNLI.zip", bytes: 156_391_754, size: 312_783_507 };
  assert.equal(
    downloadLine({ ...half, bytesPerSecond: 5_213_058 }),
    "MNLI.zip  156.4 MB of 312.8 MB  5.2 MB/s  0:30 left",
  );
  assert.equal(downloadLine({ ...half, bytesPerSecond: null }), "MNLI.zip  156.4 MB of 312.8 MB");
});
