import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import { claimsTable } from "./claims.ts";
import { groupRuns } from "../study/groups.ts";
import { readPaper } from "../study/paper.ts";
import { tableMarkdown } from "../markdown/table_text.ts";

const paper = readPaper();
const records = [
  exampleRecord({ method: "bert", metrics: { score: 85 } }),
  exampleRecord({ metrics: { score: 84 } }),
  exampleRecord({ task: "sts-b", method: "bert", metrics: { score: 80 } }),
  exampleRecord({ task: "sts-b", metrics: { score: 76 } }),
];

Deno.test("claimsTable puts five claims of the paper beside ours", () => {
  const timings = [exampleTiming(), exampleTiming({ task: "sts-b" })];
  const notebooks = { table1: "05_table1.ipynb" };
  const table = claimsTable(records, timings, paper, "glue", { notebooks });
  assert.deepEqual(table.rows.map((row) => row.slice(1)), [
    ["88.3", "80.0", "glue, 1", "table1", "05_table1"], // (87.8 + 88.7) / 2; (84 + 76) / 2
    ["98.0", "96.9", "glue, 1", "retention", "05_table1"], // 84 / 85 and 76 / 80
    ["75.0 (1.34×)", "83.3 (1.20×)", "glue, 1", "retention", "05_table1"],
    ["+7.6", "–", "glue", "–", "–"], // all four tasks of Table 2: 83.525 - 75.975
    ["4 shown in examples", "1", "glue, 1", "retention", "05_table1"],
  ]);
});

Deno.test("claimsTable's latency is the mean share that figures show, not that of the mean speed-up", () => {
  const timed = (task: string, speedup: number) =>
    exampleTiming({ task, latency: { ...exampleTiming().latency!, speedup } });
  const { rows } = claimsTable(records, [timed("mrpc", 1), timed("sts-b", 3)], paper, "glue");
  assert.equal(rows[2][2], "66.7 (2.00×)"); // all of it and a third
});

Deno.test("claimsTable leads to where the paper's number is typed, to the table by task, and names every record", () => {
  const table = claimsTable(records, [exampleTiming()], paper, "glue", { notebooks: { table1: "a.ipynb" } });
  const line = tableMarkdown({ ...table, places: { profile: "..", project: "../../.." } }).split("\n")[5];
  const links = "[retention](../tables/retention.md) | [a](../../../notebooks/a.ipynb) |";
  assert(line.includes("| [98.0](../../../data/paper/claims.tsv) | 96.9 | glue, 1 | " + links), line);
  const silent = table.leads!.rows[1].filter(({ shown }) => !shown).map(({ path }) => path);
  assert.deepEqual(silent.sort(), [
    ...["runs/mrpc/bert-s0.json", "runs/mrpc/dpbert-s0.json"],
    ...["runs/sts-b/bert-s0.json", "runs/sts-b/dpbert-s0.json", "timings/mrpc/dpbert-s0.json"],
  ]);
  const inNotebook = claimsTable(records, [], paper, "glue");
  assert.equal(inNotebook.columns.at(-1), "From");
  tableMarkdown(inNotebook);
});

Deno.test("claimsTable compares with soft gates on the tasks that have both", () => {
  const groups = groupRuns([exampleRecord({ method: "dpbert-soft" })], [], "glue");
  const soft = { tasks: ["mrpc", "rte"], atLayers: [], gain: 4, seeds: [1, 2], groups };
  const row = claimsTable(records, [], paper, "glue", { soft }).rows[3];
  assert.equal(row[0], "Table 2: gain of reinforcement learning over soft gates (MRPC, RTE)");
  // 87.8 - 82.8 and 66.8 - 51.6; the seeds that both have, whatever else has run
  assert.deepEqual(row.slice(1, 5), ["+10.1", "+4.0", "glue, 1–2", "table2"]);
});

Deno.test("claimsTable leads to the page that says how to check each claim, where there is one", () => {
  const table = claimsTable(records, [], paper, "glue", { checked: "claims.md" });
  const [caption] = tableMarkdown({ ...table, places: { profile: "..", project: "../../.." } }).split("\n");
  assert(caption.endsWith(" [How to check each of them.](../claims.md)"), caption);
  assert(!claimsTable(records, [], paper, "glue").caption.includes("How to check"));
});

Deno.test("claimsTable without runs shows dashes and the paper's claims", () => {
  const table = claimsTable([], [], paper, "smoke");
  assert.deepEqual(table.rows.map((row) => row[2]), ["–", "–", "–", "–", "–"]);
  assert(table.caption.startsWith("smoke: a test of the machinery, never a result. The paper's claims"));
});

Deno.test("claimsTable picks one operating point", () => {
  const table = claimsTable(records, [], paper, "glue", { setting: "t0.6" });
  assert.equal(table.rows[0][2], "–");
});
