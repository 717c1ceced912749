import assert from "node:assert/strict";
import { exampleRecord } from "../../runs/records/example_records.ts";
import { exitsTable } from "./exits.ts";

const exiting = (seed: number, setting: string, exitScores: number[], recipe = {}) =>
  exampleRecord({ task: "rte", method: "pabee", setting, seed, exitScores, recipe });

Deno.test("exitsTable has the mean over seeds of every layer's exit: 50 and 52 are 51", () => {
  const records = [
    exiting(0, "t0.45", [50, 60, 70, 80, 90, 91]),
    exiting(1, "t0.45", [52, 60, 70, 80, 90, 92]),
  ];
  const { columns, rows } = exitsTable(records, "glue");
  assert.deepEqual(columns.slice(2), ["Seeds", ...[1, 2, 3, 4, 5, 6].map((layer) => `Layer ${layer}`)]);
  assert.deepEqual(rows, [["RTE", "PABEE", "2", "51.0", "60.0", "70.0", "80.0", "90.0", "91.5"]]);
});

Deno.test("exitsTable shows a training once, whatever the points on its curve, and one without exits never", () => {
  const scores = [50, 60, 70, 80, 90, 91];
  const records = [
    exiting(0, "t0.3", scores),
    exiting(0, "t0.45", scores),
    exiting(0, "exitInput=standardised-t0.45", [51, ...scores.slice(1)], { exitInput: "standardised" }),
    exampleRecord(),
  ];
  const { rows, leads } = exitsTable(records, "glue");
  assert.deepEqual(rows.map(([, method, , first]) => [method, first]), [
    ["PABEE (exitInput=standardised)", "51.0"],
    ["PABEE", "50.0"],
  ]);
  assert.equal(leads!.rows[1][0].path, "runs/rte/pabee-t0.3-s0.json");
});

Deno.test("exitsTable keeps trainings under other settings apart, and takes the point with most seeds", () => {
  const scores = [50, 60, 70, 80, 90, 91];
  const records = [
    exiting(0, "t0.3", scores),
    exiting(0, "t0.45", scores),
    exiting(1, "t0.45", [54, ...scores.slice(1)]),
    exiting(0, "exitBy=entropy-t0.45", scores, { exitBy: "entropy" }),
    exiting(0, "extraSteps=9-t0.45", [40, ...scores.slice(1)], { extraSteps: 9 }),
  ];
  assert.deepEqual(exitsTable(records, "glue").rows.map((row) => row.slice(1, 4)), [
    ["PABEE", "2", "52.0"],
    ["PABEE (extraSteps=9)", "1", "40.0"],
  ]);
});
