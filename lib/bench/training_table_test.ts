import assert from "node:assert/strict";
import type { Measured } from "./contestant.ts";
import { trainingTable } from "./training_table.ts";

const measured = (name: string, medianMs: number): Measured => ({
  name,
  about: { version: "1" },
  medianMs,
  blockMedianMs: [medianMs - 1, medianMs + 1],
  rounds: 50,
  peakMemoryMb: 100,
});
const machine = { cpu: "a processor", cores: 2, os: "linux x86_64" };

Deno.test("trainingTable gives tokens a second and the speed beside PyTorch, alone and in pairs", () => {
  const outcome = {
    shape: "12 x 64",
    tokensPerStep: 1000,
    alone: [measured("ours", 50), measured("PyTorch", 100)],
    pairs: [[measured("ours", 100), measured("ours", 100)], [
      measured("PyTorch", 200),
      measured("PyTorch", 200),
    ]],
  };
  const { rows } = trainingTable({ machine, load: 0.5, outcomes: [outcome] });
  assert.deepEqual(rows.map((row) => [row[0], row[1], row[4], row[5]]), [
    ["12 x 64", "ours", "20000", "2.00"],
    ["12 x 64", "PyTorch", "10000", "1.00"],
    ["12 x 64, two at once", "ours", "20000", "2.00"],
    ["12 x 64, two at once", "PyTorch", "10000", "1.00"],
  ]);
});

Deno.test("trainingTable says nothing of speed where PyTorch was absent", () => {
  const outcome = { shape: "12 x 64", tokensPerStep: 1000, alone: [measured("ours", 50)], pairs: [] };
  const { rows } = trainingTable({ machine, load: null, outcomes: [outcome] });
  assert.deepEqual(rows, [["12 x 64", "ours", "50.0", "49.0–51.0", "20000", "–", "100"]]);
});
