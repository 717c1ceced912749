import assert from "node:assert/strict";
import { artefacts } from "../artefacts.ts";
import { exampleStudy, firstOf6, type MadeUpRun } from "./example_study.ts";
import { figure3, scoreAgainstLayersFigure } from "../figures/figure3.ts";
import { executedShareFigure } from "../figures/figure4.ts";
import { marked, markedTable, markNote } from "./marks.ts";
import { recordsOf, timingsOf } from "./study.ts";
import { systemsTable } from "../micro/systems.ts";
import { table1Wide } from "../tables/table1_wide.ts";
import { tableMarkdown, tablePlain } from "../markdown/table_text.ts";
import type { Table } from "../value.ts";
import { verdictText } from "../difficulty/dynamic.ts";

const origin = "reference", settings = { targetRate: 0.45 };
const sentence = "†: not recomputed here; from the committed records, at least in part.";

const controls = { shuffledPathsScore: 50 };

/** DPBERT and what it is compared with on SST-2 and RTE; of RTE nothing was run here. */
const runs: MadeUpRun[] = [
  { method: "bert", right: 20, path: firstOf6(6), speedup: 1 },
  { method: "bert-first-k", settings: { firstLayers: 3 }, right: 16, path: firstOf6(3), speedup: 2, origin },
  { method: "dpbert", settings, right: 18, path: firstOf6(3), speedup: 2, controls },
  { method: "dpbert-soft", settings, right: 12, path: firstOf6(3), speedup: 2, controls, origin },
  { task: "rte", method: "bert", right: 16, path: firstOf6(6), speedup: 1, origin },
  { task: "rte", method: "dpbert", settings, right: 14, path: firstOf6(3), speedup: 2, controls, origin },
];
const study = exampleStudy(runs), here = exampleStudy(runs.map((run) => ({ ...run, origin: undefined })));
const [records, timings] = [recordsOf(study), timingsOf(study)];

Deno.test("every table of a filled study has marks and says what they mean; of a whole one none has", () => {
  const tablesOf = (of: typeof study) => {
    const { tables, notebookTables, pages } = artefacts(of);
    return [...tables, ...notebookTables, ...pages];
  };
  assert.deepEqual(tablesOf(here).map(tableMarkdown).filter((text) => text.includes("†")), []);
  const unmarked = tablesOf(study).filter((table) => !tablePlain(table).includes(sentence));
  // Theirs is SST-2, which was run here, MNLI and QNLI, which were not at all, and nothing that has exits or test labels.
  const names = unmarked.map(({ name }) => name).sort();
  assert.deepEqual(names, ["ablations", "exits", "table3", "test_scores"]);
  for (const table of tablesOf(study)) {
    assert.ok(tableMarkdown(table).split(sentence).length <= 2, `${table.name} says it twice`);
  }
});

Deno.test("a row is marked where its numbers are the reference's, and only there", () => {
  const { tables: [table1] } = artefacts(study);
  const names = markedTable(table1).rows.map(([task, method]) => `${task}: ${method}`);
  for (const task of ["SST-2", "RTE †", "Mean of 2 †"]) {
    assert.ok(names.includes(`${task}: BERT`), `${names}`);
  }
  assert.ok(names.includes("SST-2 †: BERT, first k layers (k3)"));
});

Deno.test("in a row of many tasks or systems every cell says it of itself", () => {
  const { columns, rows } = table1Wide(study), bert = rows.find(([system]) => system === "BERT")!;
  const cells = ["SST-2", "RTE", "Speed-up"].map((column) => bert[columns.indexOf(column)]);
  assert.deepEqual(cells, ["100.0", "80.0 †", "1.00× †"]);
  const systems = systemsTable(records, "micro", ["t0.45"]);
  const scores = systems.rows.filter(([task]) => ["SST-2", "RTE"].includes(task)).map((row) => row[2]);
  assert.deepEqual(scores.sort(), ["100.0", "80.0 †"]);
});

Deno.test("a table's links lead from a marked row to the project's own results", () => {
  const { tables: [table1] } = artefacts(study);
  const markdown = tableMarkdown({ ...table1, places: { profile: "..", project: "../../../.." } });
  assert.match(markdown, /\| SST-2 \| BERT \| \[0\]\(\.\.\/runs\/sst-2\/bert-s0\.json\)/);
  assert.match(
    markdown,
    /\| RTE † \| BERT \| \[0\]\(\.\.\/\.\.\/\.\.\/\.\.\/results\/micro\/runs\/rte\/bert-s0\.json\)/,
  );
});

Deno.test("figures have daggers at the points and panels of the reference, and the sentence below", () => {
  const scatter = scoreAgainstLayersFigure(records, timings, "micro");
  const texts = (scatter.spec.data as { name: string; mode: string; text?: string[]; yaxis: string }[])
    .map(({ name, mode, text }) => [name, mode.endsWith("+text") ? text![0] : "-"].join(" "));
  assert.deepEqual(texts, [
    ...["BERT -", "BERT, first k layers †", "DPBERT -", "DPBERT-soft †"],
    ...["BERT †", "DPBERT †"],
  ]);
  assert.ok(
    scatter.caption.endsWith(sentence) && scatter.sources!.includes("results/micro/runs/rte/bert-s0.json"),
  );
  const bars = executedShareFigure(records, "micro", "dpbert", "t0.45"),
    layout = JSON.stringify(bars.spec.layout);
  assert.ok(layout.includes("SST-2: inputs (%)") && layout.includes("RTE †: inputs (%)"));
  assert.ok(!figure3(recordsOf(here), timingsOf(here), here.paper, "micro").caption.includes("†"));
});

Deno.test("the verdict names a task of the reference with its mark and says what that means", () => {
  const text = verdictText(study);
  assert.ok(text.endsWith(sentence) && !verdictText(here).includes("†"), text);
});

Deno.test("marked leaves a dash alone, and markedTable a table without leads", () => {
  const group = { records: records.filter((record) => record.origin === "reference") };
  assert.deepEqual([marked("1", group), marked("–", group), marked("1", undefined)], ["1 †", "–", "1"]);
  assert.deepEqual([markNote(group), markNote({ records: [] })], [` ${sentence}`, ""]);
  const table: Table = { name: "x", caption: "X.", columns: ["A"], rows: [["1"]] };
  assert.deepEqual(markedTable(table), table);
});
