import assert from "node:assert/strict";
import { claimsToCheck } from "./claims_to_check.ts";
import { exampleStudy, firstOf6 } from "./example_study.ts";

const runs = (method: string, settings: Record<string, number>, layers: number, rights: number[]) =>
  rights.map((right, seed) => ({
    method,
    settings,
    seed,
    right,
    path: firstOf6(layers),
    speedup: 6 / layers,
  }));

const table = claimsToCheck(exampleStudy([
  ...runs("bert", {}, 6, [20, 20, 20]),
  ...runs("dpbert", { targetRate: 0.45 }, 4, [18, 19, 20]),
]));

Deno.test("each claim has its command, seed 0's value, the range of one more seed, and leads to its record", () => {
  const [claim, command, minutes, expected, tolerance, record] = table.rows[1];
  assert.equal(claim, "SST-2: DPBERT (t0.45) scores");
  assert.equal(
    command,
    "`deno task train --profile micro --task sst-2 --method dpbert --seed 0 --set targetRate=0.45`",
  );
  assert.equal(minutes, "20.0"); // 600 seconds each, this one and its parent
  assert.deepEqual([expected, tolerance], ["90.0", "± 24.8"]); // 4.303 x 5 x sqrt(1 + 1/3)
  assert.equal(record, "runs/sst-2/dpbert-t0.45-s0.json");
  assert.deepEqual(table.leads!.rows[1], [{ path: record, shown: { column: "Record", text: record } }]);
});

Deno.test("what is claimed of all tasks is checked by training them all", () => {
  const kept = table.rows.find(([claim]) => claim.includes("keeps this share"))!;
  assert.equal(kept[1], "`deno task reproduce --profile micro --full`");
  assert.equal(kept[3], "95.0"); // 90, 95 and 100 of 100
});

Deno.test("tasks without runs make no claims", () => {
  assert(!table.rows.some(([claim]) => claim.startsWith("CoLA")));
  assert.equal(claimsToCheck(exampleStudy([])).rows.length, 4);
});
