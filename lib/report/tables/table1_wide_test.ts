import assert from "node:assert/strict";
import { exampleStudy, firstOf6 } from "../study/example_study.ts";
import { table1Wide } from "./table1_wide.ts";
import { tableMarkdown } from "../markdown/table_text.ts";

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

Deno.test("table1Wide: 90, 95 and 100 are 95.0 ± 12.4, and tasks without a run are counted, with a command below", () => {
  const found = row("BERT");
  assert.deepEqual([found["SST-2"], found.CoLA, found.Seeds, found["Speed-up"]], [
    "95.0 ± 12.4",
    "–",
    "3",
    "1.00×",
  ]);
  assert.equal(found.Mean, "–"); // seven tasks are missing
  assert.equal(found.Tasks, "1 of 8");
  assert.match(table.caption, /Missing runs: `deno task reproduce --profile micro --full --methods bert,/);
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

Deno.test("table1Wide counts steps from the pre-trained weights: 840 of stage 1, 120 and 1,000 of its own", () => {
  const run = { seed: 0, right: 20, path: firstOf6(6), parent: "bert-s0" };
  const made = [
    { ...run, method: "bert", task: "mrpc", steps: 840, parent: null },
    { ...run, method: "bert", task: "rte", steps: 817, parent: null },
    ...["mrpc", "rte"].map((task) => ({
      ...run,
      task,
      method: "dpbert",
      settings: { targetRate: 0.45 },
      steps: 1120,
    })),
    { ...run, method: "pabee", task: "mrpc", steps: 1840, parent: null },
    // Reported from the training of the run above: no step of its own.
    { ...run, method: "pabee", task: "mrpc", settings: { targetRate: 0.45 }, parent: "pabee-s0" },
    { ...run, method: "deebert", task: "mrpc", steps: 500, parent: "bert-s9" },
  ];
  const { rows, columns, leads } = table1Wide(exampleStudy(made)), at = columns.indexOf("Steps");
  const of = (system: string) => rows.findIndex(([name]) => name === system);
  const steps = (system: string) => rows[of(system)][at];
  assert.deepEqual(["BERT", "DPBERT", "PABEE"].map(steps), ["817–840", "1937–1960", "1840"]);
  assert.deepEqual(["DeeBERT", "BERxiT"].map(steps), ["–", "–"]); // a parent without a record; no run at all
  const curves = leads!.rows[of("DPBERT")].map(({ path }) => path).filter((path) =>
    path.startsWith("curves/")
  );
  assert.deepEqual(curves.toSorted(), [
    "curves/mrpc/bert-s0.jsonl",
    "curves/mrpc/dpbert-t0.45-s0.jsonl",
    "curves/rte/bert-s0.jsonl",
    "curves/rte/dpbert-t0.45-s0.jsonl",
  ]);
});

Deno.test("table1Wide leaves the systems to come visibly empty", () => {
  for (const system of ["LayerDrop", "DistilBERT", "BERxiT", "LeeBERT"]) {
    const found = row(system);
    assert.equal(found["SST-2"], "–");
    assert.equal(found.Tasks, "not built yet");
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

Deno.test("table1Wide: DeeBERT, which a regression has no exits for, is set beside the paper's mean of seven tasks", () => {
  const seven = tasks.filter((task) => task !== "sts-b")
    .map((task) => ({ ...bert(task, 0, 20), method: "deebert", settings: { targetRate: 0.45 } }));
  const all = table1Wide(exampleStudy(seven)), found = all.rows.find(([name]) => name === "DeeBERT")!;
  const cell = (column: string) => found[all.columns.indexOf(column)];
  assert.deepEqual(["Tasks", "STS-B", "Paper's mean", "Difference"].map(cell), [
    "7 of 8",
    "not for a regression",
    "76.0", // 531.8 of seven
    "+24.0",
  ]);
});
