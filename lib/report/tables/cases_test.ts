import assert from "node:assert/strict";
import { microDev } from "../../micro/mod.ts";
import { casesFigure, casesTable } from "./cases.ts";
import { exampleStudy, firstOf6, type MadeUpRun } from "../study/example_study.ts";

/** Rows 0 to 9 are right; row 3 executes one layer, row 5 five, row 12 (wrong) six, all others three. */
const layersOf = (row: number) => ({ 3: 1, 5: 5, 12: 6 })[row] ?? 3;
const run: MadeUpRun = {
  method: "dpbert",
  task: "qnli",
  settings: { targetRate: 0.45 },
  right: 10,
  path: Array.from({ length: 20 }, (_, row) => firstOf6(layersOf(row))),
};

const table = casesTable(exampleStudy([run]));
const ours = table.rows.filter(([, whose]) => whose === "ours");

Deno.test("casesTable takes the shortest and the longest path among rows predicted rightly, and no wrong one", () => {
  assert.deepEqual(ours.map(([task, , , level, count, layers]) => [task, level, count, layers]), [
    ["QNLI", "0", "1", "1"],
    ["QNLI", "1", "5", "1 2 3 4 5"],
  ]);
});

Deno.test("casesTable shows the generated sentences of those rows, of the paper's examples only label and layers", () => {
  const { examples } = microDev("qnli");
  assert.deepEqual(ours.map((row) => row.slice(6)), [3, 5].map((row) => [examples[row].a, examples[row].b]));
  const theirs = table.rows.filter(([, whose]) => whose === "the paper's");
  assert.deepEqual(theirs.map((row) => row.slice(5)), [
    ["1 2 3 4 5 6", "–", "–"],
    ["1 2 3 4 5 6 8 10 11 12", "–", "–"],
    ["1 3 4 5", "–", "–"],
    ["1 3 4 5 9 10 12", "–", "–"],
  ]);
});

Deno.test("paths of one length give one case, no run none and a command that says of which task", () => {
  const same = casesTable(exampleStudy([{ ...run, path: firstOf6(4) }]));
  assert.equal(same.rows.filter(([, whose]) => whose === "ours").length, 1);
  const none = casesTable(exampleStudy([]));
  assert.equal(none.rows.length, 4);
  assert.match(same.caption, /Ours are missing on MNLI: /);
  assert.match(
    none.caption,
    /Ours are missing on MNLI and QNLI: .*`deno task reproduce --profile micro --full --methods dpbert`/,
  );
});

Deno.test("tasks whose paths differ in length have cases too; where all inputs share a path the row says so", () => {
  const varied = { ...run, task: "cola" }, single = { ...run, path: firstOf6(4) };
  const study = exampleStudy([varied, { ...single, task: "rte" }, single]);
  const rows = casesTable(study).rows.filter(([, whose]) => whose === "ours");
  assert.deepEqual(rows.map(([task, , , , , layers]) => [task, layers]), [
    ["QNLI", "1 2 3 4 (one path for all inputs)"],
    ["CoLA", "1"],
    ["CoLA", "1 2 3 4 5"],
  ]);
  const { yaxis } = casesFigure(study).spec.layout as { yaxis: { ticktext: string[] } };
  assert.equal(yaxis.ticktext[2].split("<br>")[1], "one path for all inputs");
});

Deno.test("casesFigure fills the squares of executed layers, ours of six and the paper's of twelve", () => {
  const [shortest] = casesFigure(exampleStudy([{ ...run, task: "mnli" }])).spec.data as {
    x: number[];
    marker: { color: string[] };
  }[];
  assert.equal(shortest.x.length, 6);
  assert.deepEqual(shortest.marker.color, ["#0072B2", ...Array(5).fill("#ffffff")]);
});
