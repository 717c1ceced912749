import assert from "node:assert/strict";
import { clock, downloadLine, overwriting, progressLine, stepClock } from "./progress.ts";

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

/** What a terminal shows after `text`: it knows carriage return, new line, a line up and erasing a line. */
function shownBy(text: string): string[] {
  const lines = [""];
  let row = 0;
  for (const [piece] of text.replaceAll("\x1b[", "^").matchAll(/\r|\n|\^1A|\^2K|[^\r\n^]+/g)) {
    if (piece === "\n") lines[++row] ??= "";
    else if (piece === "^1A") row--;
    else if (piece === "^2K") lines[row] = "";
    else if (piece !== "\r") lines[row] += piece;
  }
  return lines.filter((line) => line !== "");
}

Deno.test("overwriting leaves nothing of the lines that were shown before, whether they were more or fewer", () => {
  const rounds = [["one"], ["a", "b", "c"], ["d", "e"], [], ["f", "g", "h", "i"], []];
  let text = "", shown = 0;
  for (const lines of rounds) {
    text += overwriting(shown, lines);
    shown = lines.length;
    assert.deepEqual(shownBy(text), lines);
  }
});

Deno.test("stepClock counts from the stage's first step of this session", () => {
  let now = 0;
  const clockOfRun = stepClock(() => now);
  const at = (stage: string, step: number, ms: number) => {
    now = ms;
    return clockOfRun({ stage, step, steps: 100, loss: 1, examplesPerSecond: 1 });
  };
  assert.equal(at("stage 1", 41, 1000), null); // resumed after step 40
  assert.equal(at("stage 1", 43, 6000), 2.5);
  assert.equal(at("stage 2", 1, 9000), null);
  assert.equal(at("stage 2", 2, 9500), 0.5);
});
