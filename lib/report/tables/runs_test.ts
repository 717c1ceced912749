import assert from "node:assert/strict";
import { exampleRecord } from "../../runs/records/example_records.ts";
import { runsTable } from "./runs.ts";

Deno.test("runsTable counts methods, settings and seeds of each task, and names what trained them", () => {
  const records = [
    exampleRecord({ method: "bert" }),
    exampleRecord(),
    exampleRecord({ seed: 1 }),
    exampleRecord({ setting: "t0.4", blas: null }),
    exampleRecord({ profile: "smoke" }),
  ];
  assert.deepEqual(runsTable(records, "glue").rows, [
    ["MRPC", "3667", "408", "2", "3", "1–2", "wasm with openblas, wasm"],
  ]);
});
