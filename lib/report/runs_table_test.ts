import assert from "node:assert/strict";
import { exampleRecord } from "../runs/example_records.ts";
import { runsTable } from "./runs_table.ts";

Deno.test("runsTable has a row per task, method and setting with its seeds, rows and backend", () => {
  const data = { sha256: {}, rows: { "train.tsv": 3667, "dev_matched.tsv": 408 }, warnings: [] };
  const records = [
    exampleRecord({ seed: 2, data }),
    exampleRecord({ seed: 0, data, blas: null }),
    exampleRecord({ method: "bert", profile: "smoke" }),
  ];
  const { rows, caption } = runsTable(records, "glue");
  assert.deepEqual(rows, [["MRPC", "DPBERT", "0, 2", "3667", "408", "wasm, wasm with openblas"]]);
  assert.match(caption, /Profile glue, 2 seeds/);
  assert.deepEqual(runsTable([], "glue").rows, []);
});
