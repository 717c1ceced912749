import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import { costTable } from "./cost.ts";

const run = (task: string, method: string, seed: number, seconds: number) => ({
  record: exampleRecord({ task, method, seed, parent: method === "bert" ? null : `bert-s${seed}` }),
  timing: exampleTiming({ task, method, seed, seconds: { a: seconds / 2, b: seconds / 2 } }),
});
const runs = [
  run("mrpc", "bert", 0, 300),
  run("mrpc", "bert", 1, 600),
  run("mrpc", "dpbert", 0, 120),
  run("mrpc", "dpbert", 1, 60),
  run("rte", "dpbert", 0, 30), // its parent was never timed here
];
const table = costTable(runs.map(({ record }) => record), runs.map(({ timing }) => timing), "glue");

Deno.test("costTable adds the parent of the same seed and shows smallest to largest", () => {
  assert.deepEqual(table.rows, [
    ["MRPC", "BERT", "2", "5.0–10.0", "5.0–10.0", "900"],
    ["MRPC", "DPBERT", "2", "1.0–2.0", "7.0–11.0", "900"], // 120 + 300 and 60 + 600 seconds
    ["RTE", "DPBERT", "1", "0.5", "–", "900"],
    ["Any task", "DPBERT", "1–2", "0.5–2.0", "7.0–11.0", "900"],
  ]);
  assert.match(
    table.caption,
    /a processor, 2 cores, linux x86_64; load average at the end 0\.5\. Profile glue/,
  );
});

Deno.test("costTable names the records and timings of both generations", () => {
  const paths = table.leads!.rows[1].map(({ path }) => path);
  assert.equal(paths.length, 8);
  assert(paths.includes("runs/mrpc/bert-s1.json") && paths.includes("timings/mrpc/dpbert-s1.json"));
});

Deno.test("costTable goes back to the first run from a point of a sweep, which took no training of its own", () => {
  const seed = 0, task = "mrpc", point = { task, method: "dpbert", setting: "t0.5", seed };
  const table = costTable(
    [...runs.map(({ record }) => record), exampleRecord({ ...point, parent: "dpbert-s0" })],
    [...runs.map(({ timing }) => timing), exampleTiming({ ...point, seconds: {} })],
    "glue",
  );
  const row = table.rows.findIndex(([, method]) => method === "DPBERT (t0.5)");
  assert.deepEqual(table.rows[row].slice(0, 5), ["MRPC", "DPBERT (t0.5)", "1", "0.0", "7.0"]); // 300 + 120 seconds
  assert(table.leads!.rows[row].some(({ path }) => path === "runs/mrpc/bert-s0.json"));
});

Deno.test("costTable without timings shows dashes", () => {
  assert.deepEqual(costTable([exampleRecord()], [], "glue").rows, [["MRPC", "DPBERT", "1", "–", "–", "–"]]);
});
