import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../runs/example_records.ts";
import { artefacts, gradedTables } from "./artefacts.ts";
import { readPaper } from "./paper.ts";

Deno.test("artefacts renders each table and figure once, under names of their own", () => {
  const records = [
    exampleRecord({ method: "bert", setting: "", parent: null }),
    exampleRecord({ method: "dpbert", setting: "t0.6" }),
  ];
  const timings = records.map(({ method, setting }) => exampleTiming({ method, setting }));
  const { tables, figures } = artefacts(records, timings, readPaper(), records[0].profile, "t0.6");
  const names = [...tables, ...figures].map(({ name }) => name);
  assert.deepEqual([...names].sort(), ["claims", "cost", "figure3", "figure4", "retention", "table1"]);
});

Deno.test("gradedTables adds the tables of known difficulty where there are such rows, and none elsewhere", () => {
  const row = { id: 0, label: "1", prediction: "1", path: "111101", level: 2, tokens: 9 };
  const record = exampleRecord({ profile: "micro", task: "sst-2", setting: "t0.6" });
  const names = gradedTables([{ record, rows: [row] }], "micro", ["t0.6"]).map(({ name }) => name);
  assert.deepEqual(names, ["systems", "aims", "score_by_level", "layers_by_level", "test_scores"]);
  assert.deepEqual(gradedTables([], "glue", ["t0.6"]), []);
});
