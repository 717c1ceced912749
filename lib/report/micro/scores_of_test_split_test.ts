import assert from "node:assert/strict";
import { exampleRecord } from "../../runs/records/example_records.ts";
import { testScoresTable } from "./scores_of_test_split.ts";

Deno.test("testScoresTable sets test beside dev: 80 and 84 are 82 ± 25.4, 2.5 less than dev's 84.5", () => {
  const records = [80, 84].map((score, seed) => exampleRecord({ seed, test: { score } }));
  assert.deepEqual(testScoresTable(records, "glue").rows, [
    ["MRPC", "DPBERT", "2", "84.5", "82.0", "± 25.4", "−2.5"],
  ]);
});

Deno.test("testScoresTable leaves out runs whose test labels are not public", () => {
  assert.deepEqual(testScoresTable([exampleRecord()], "glue").rows, []);
});
