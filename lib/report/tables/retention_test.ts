import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import { readPaper } from "../study/paper.ts";
import { findGroup, groupRuns } from "../study/groups.ts";
import { keptText, retentionTable } from "./retention.ts";
import { tableMarkdown } from "../markdown/table_text.ts";

const paper = readPaper();

function rowOf(table: ReturnType<typeof retentionTable>): Record<string, string> {
  return Object.fromEntries(table.columns.map((column, i) => [column, table.rows[0][i]]));
}

Deno.test("retentionTable pairs DPBERT with BERT of the same seed", () => {
  const records = [
    exampleRecord({ method: "bert", seed: 0, metrics: { score: 80 } }),
    exampleRecord({ method: "bert", seed: 1, metrics: { score: 100 } }),
    exampleRecord({ seed: 0, metrics: { score: 80 } }), // 100 %
    exampleRecord({ seed: 1, metrics: { score: 96 } }), // 96 %
  ];
  const found = rowOf(retentionTable(records, [exampleTiming()], paper, "glue"));
  assert.deepEqual(found, {
    Task: "MRPC",
    Setting: "–",
    Seeds: "2",
    BERT: "90.0",
    Ours: "88.0",
    "Kept (%)": "98.0",
    "95 % interval": "± 25.4", // 12.706 x 2
    "Kept, paper (%)": "99.7", // 87.8 of 88.1
    "Layers executed": "5.0 of 6",
    "Distinct paths": "1",
    "Commonest path": "111101 (100 %)",
    "Shuffled paths": "84.5",
    "All layers on": "–",
    "Latency (ms)": "10.0 of 12.0",
    "Speed-up": "1.20×",
  });
});

Deno.test("retentionTable shows dashes without BERT, controls and latency", () => {
  const { controls: _, ...record } = exampleRecord();
  const found = rowOf(retentionTable([record], [], paper, "glue"));
  for (
    const column of [
      "BERT",
      "Kept (%)",
      "Commonest path",
      "Shuffled paths",
      "All layers on",
      "Latency (ms)",
      "Speed-up",
    ]
  ) {
    assert.equal(found[column], "–", column);
  }
});

Deno.test("retentionTable counts the seeds that ended above their target rate", () => {
  const over = exampleRecord({ seed: 1, selection: { ...exampleRecord().selection, onTarget: false } });
  const met = exampleRecord({ selection: { ...exampleRecord().selection, onTarget: true } });
  const found = rowOf(retentionTable([met, over], [], paper, "glue"));
  assert.equal(found["Layers executed"], "5.0 of 6 (1 over)");
});

Deno.test("keptText: 98 on a task that BERT saturates and 90 on one that it does not are 94.0, and 90.0 apart", () => {
  const text = (...berts: number[]) => {
    const records = ["mrpc", "rte"].flatMap((task, at) => [
      exampleRecord({ task, method: "bert", metrics: { score: berts[at] } }),
      exampleRecord({ task, metrics: { score: berts[at] * [0.98, 0.9][at] } }),
    ]);
    const groups = groupRuns(records, [], "glue");
    return keptText(
      groups.filter(({ method }) => method === "dpbert"),
      ({ task }) => findGroup(groups, task, "bert"),
    );
  };
  assert.equal(text(100, 80), "94.0; 90.0 on the 1 task with BERT below 99");
  assert.equal(text(90, 80), "94.0");
});

Deno.test("retentionTable lists the different commonest paths of the seeds", () => {
  const other = { commonestPath: "111001", commonestPathShare: 0.5 };
  const table = retentionTable(
    [exampleRecord(), exampleRecord({ seed: 1, controls: other })],
    [],
    paper,
    "glue",
  );
  assert.equal(rowOf(table)["Commonest path"], "111101, 111001 (75 %)");
  tableMarkdown(table);
});

Deno.test("retentionTable takes another method and is empty without runs", () => {
  assert.deepEqual(retentionTable([exampleRecord()], [], paper, "glue", "deebert").rows, []);
});
