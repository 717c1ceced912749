import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../runs/example_records.ts";
import { artefacts } from "./artefacts.ts";
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
