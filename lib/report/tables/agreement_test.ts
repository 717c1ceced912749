import assert from "node:assert/strict";
import { exampleRecord } from "../../runs/records/example_records.ts";
import { compareWithCommitted, comparisonTable } from "./agreement.ts";
import { tableMarkdown } from "../markdown/table_text.ts";

const runs = (...scores: number[]) =>
  scores.map((score, seed) => exampleRecord({ seed, metrics: { score } }));

Deno.test("compareWithCommitted finds the same runs equal", () => {
  const { rows, exitCode } = compareWithCommitted(runs(84, 85), runs(84, 85, 98));
  assert.equal(rows[0].agreement, "equal");
  assert.deepEqual([rows[0].ours, rows[0].committed], [84.5, 84.5]); // the third seed is not compared
  assert.equal(exitCode, 0);
});

Deno.test("compareWithCommitted takes the same score by another path for inside, not equal", () => {
  const path = { meanExecutedLayers: 5, numLayers: 6, executedShare: [1, 1, 1, 0, 1, 1], distinctPaths: 1 };
  const { rows } = compareWithCommitted([exampleRecord({ path })], [exampleRecord()]);
  assert.equal(rows[0].agreement, "inside");
});

Deno.test("compareWithCommitted allows the 95 % range of the committed seeds", () => {
  // Committed 84, 85, 86: s = 1, so one run of ours may lie 4.303 x sqrt(4 / 3) = 4.97 from seed 0.
  assert.equal(compareWithCommitted(runs(88.9), runs(84, 85, 86)).rows[0].agreement, "inside");
  const outside = compareWithCommitted(runs(89.1), runs(84, 85, 86));
  assert.equal(outside.rows[0].agreement, "outside");
  assert.equal(outside.exitCode, 3);
});

Deno.test("compareWithCommitted uses the tolerance for one committed seed, and a floor for seeds that agree", () => {
  assert.equal(compareWithCommitted(runs(86.4), runs(84.5)).rows[0].agreement, "inside");
  assert.equal(compareWithCommitted(runs(86.6), runs(84.5)).rows[0].agreement, "outside");
  assert.equal(compareWithCommitted(runs(86.6), runs(84.5), { tolerance: 3 }).rows[0].agreement, "inside");
  assert.equal(compareWithCommitted(runs(84.1), runs(84, 84)).rows[0].agreement, "inside");
  assert.equal(compareWithCommitted(runs(84.2), runs(84, 84)).rows[0].agreement, "outside");
});

Deno.test("compareWithCommitted calls a run new that was never committed, or only in another profile or setting", () => {
  const committed = [exampleRecord({ profile: "smoke" }), exampleRecord({ setting: "t0.6" })];
  const { rows, exitCode } = compareWithCommitted(runs(84), committed);
  assert.equal(rows[0].agreement, "new");
  assert.equal(exitCode, 0);
  assert.deepEqual(compareWithCommitted([], committed), { rows: [], exitCode: 0 });
});

Deno.test("compareWithCommitted marks another recipe, and a seed that was not committed is not equal", () => {
  const [row] = compareWithCommitted([exampleRecord({ recipeHash: "00".repeat(8) })], [exampleRecord()]).rows;
  assert.deepEqual([row.sameRecipe, row.agreement], [false, "equal"]);
  const [other] = compareWithCommitted([exampleRecord({ seed: 1 })], [exampleRecord()]).rows;
  assert.deepEqual([other.sameRecipe, other.agreement], [true, "inside"]);
});

Deno.test("comparisonTable counts the verdicts in its caption and shows what was allowed", () => {
  const table = comparisonTable(compareWithCommitted(runs(86.6), runs(84.5)));
  assert.deepEqual(table.rows, [["MRPC", "DPBERT", "1 and 1", "86.6", "84.5", "+2.1", "± 2.0", "outside"]]);
  assert(table.caption.includes("0 equal, 0 inside the interval, 1 outside"));
  tableMarkdown(table);
});
