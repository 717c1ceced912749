import assert from "node:assert/strict";
import { exampleStudy, firstOf6 } from "./example_study.ts";
import { table1Wide } from "./table1_wide.ts";
import { tableMarkdown } from "./table_text.ts";

const tasks = ["cola", "mnli", "sst-2", "qnli", "mrpc", "qqp", "rte", "sts-b"];
const bert = (task: string, seed: number, right: number) => ({
  method: "bert",
  task,
  seed,
  right,
  path: firstOf6(6),
  speedup: 1,
  test: 90,
});

const study = exampleStudy([
  ...[18, 19, 20].map((right, seed) => bert("sst-2", seed, right)),
  {
    ...bert("sst-2", 0, 17),
    method: "dpbert",
    settings: { targetRate: 0.45 },
    path: firstOf6(4),
    speedup: 1.5,
  },
]);
const table = table1Wide(study);

/** The cells of a system, by column name. */
const row = (system: string) => {
  const found = table.rows.find(([name]) => name === system)!;
  return Object.fromEntries(table.columns.map((column, at) => [column, found[at]]));
};

Deno.test("table1Wide has a column for each of the nine dev sets", () => {
  const sets = ["CoLA", "MNLI-m", "MNLI-mm", "SST-2", "QNLI", "MRPC", "QQP", "RTE", "STS-B"];
  assert.deepEqual(table.columns.filter((column) => sets.includes(column)).toSorted(), sets.toSorted());
  tableMarkdown(table);
});

Deno.test("table1Wide: 90, 95 and 100 are 95.0 ± 12.4, and a task without a run is a dash with its command", () => {
  const found = row("BERT");
  assert.deepEqual([found["SST-2"], found.CoLA, found.Seeds, found["Speed-up"]], [
    "95.0 ± 12.4",
    "–",
    "3",
    "1.00×",
  ]);
  assert.equal(found.Mean, "–"); // seven tasks are missing
  assert.equal(found["Missing: filled by"], "`deno task reproduce --profile micro --full --methods bert`");
});

Deno.test("table1Wide shows what a plan is worth, and the paper's row below", () => {
  const ours = row("DPBERT"), theirs = row("DPBERT, the paper's");
  assert.deepEqual([ours["SST-2"], ours["Speed-up"], ours.Layers, ours["FLOPs saved"]], [
    "85.0",
    "1.50×",
    "67 %",
    "33 %",
  ]);
  assert.deepEqual([theirs["SST-2"], theirs["MNLI-mm"], theirs["Speed-up"], theirs.Mean], [
    "90.8",
    "–",
    "1.34×",
    "81.3",
  ]);
});

Deno.test("table1Wide leaves the systems to come visibly empty", () => {
  for (const system of ["LayerDrop", "DistilBERT", "BERxiT", "LeeBERT"]) {
    const found = row(system);
    assert.equal(found["SST-2"], "–");
    assert.match(found["Missing: filled by"], new RegExp(`--methods ${system.toLowerCase()}`));
  }
});

Deno.test("table1Wide: with all tasks there is a mean of dev and of test, the paper's and the difference", () => {
  const all = table1Wide(exampleStudy(tasks.map((task) => bert(task, 0, 20))));
  const found = all.rows.find(([name]) => name === "BERT")!;
  const cell = (column: string) => found[all.columns.indexOf(column)];
  assert.deepEqual([cell("MNLI-m"), cell("MNLI-mm")], ["100.0", "99.0"]);
  assert.deepEqual(["Mean", "Mean on test", "Paper's mean", "Difference"].map(cell), [
    "100.0",
    "90.0",
    "82.4",
    "+17.6",
  ]);
});
