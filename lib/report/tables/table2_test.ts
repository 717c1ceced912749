import assert from "node:assert/strict";
import { ablationsTable } from "./ablations.ts";
import { exampleStudy, firstOf6, type MadeUpRun } from "../study/example_study.ts";
import type { Table } from "../value.ts";
import { discretisationTable, softGain, table2 } from "./table2.ts";

const run = (method: string, settings: MadeUpRun["settings"], layers: number, right: number): MadeUpRun => ({
  method,
  settings,
  right,
  path: firstOf6(layers),
  speedup: 6 / layers,
});

const study = exampleStudy([
  run("dpbert", { targetRate: 0.45 }, 3, 18),
  run("dpbert-soft", { targetRate: 0.3 }, 2, 8),
  run("dpbert-soft", { targetRate: 0.45 }, 4, 12),
  run("dpbert-soft", { gates: "soft", targetRate: 0.45 }, 6, 19),
  run("dpbert-soft", { gates: "sampled", targetRate: 0.45 }, 5, 14),
  run("dpbert", { lambda1: 0, targetRate: 0.45 }, 3, 12),
]);

const cells = (table: { columns: string[]; rows: string[][] }, found: (row: string[]) => boolean) => {
  const row = table.rows.find(found)!;
  return Object.fromEntries(table.columns.map((column, at) => [column, row[at]]));
};

Deno.test("table2: 90 against half way between 40 and 60, beside the paper's 90.8 and 85.7", () => {
  const found = cells(table2(study), ([task]) => task === "SST-2");
  assert.deepEqual([found.DPBERT, found["DPBERT-soft"], found["Speed-up"], found.Layers], [
    "90.0",
    "≈ 50.0",
    "2.00×",
    "3.0",
  ]);
  assert.match(found["Gain at equal speed-up"], /^win: \+40\.0 \(/);
  assert.deepEqual([found["Paper: DPBERT"], found["Paper: soft"], found["Paper: gain"]], [
    "90.8",
    "85.7",
    "+5.1",
  ]);
  assert.equal(found.Seeds, "1");
});

Deno.test("table2 says of a task where the two never cost the same that they do not, and counts it in no gain", () => {
  const apart = exampleStudy([
    { ...run("dpbert", { targetRate: 0.45 }, 4, 18), task: "rte" },
    { ...run("dpbert-soft", { targetRate: 0.45 }, 2, 8), task: "rte" },
    { ...run("dpbert", { targetRate: 0.45 }, 3, 18), task: "mrpc" },
    { ...run("dpbert-soft", { targetRate: 0.45 }, 4, 2), task: "mrpc" },
  ]);
  const [rte, mrpc] = table2(apart).rows;
  assert.deepEqual([rte[5], rte[7]], [
    "no common cost: 1.50× against 3.00×",
    "no common cost: 4.0 against 2.0 layers",
  ]);
  assert.match(mrpc[7], /^dominates: .* at 3\.0 against 4\.0 layers$/);
  assert.deepEqual(softGain(apart).tasks, []);
});

Deno.test("table2 has a row for each of the paper's tasks; one without runs says so, with a command below", () => {
  const table = table2(study);
  assert.deepEqual(table.rows.map(([task]) => task), ["RTE", "MRPC", "SST-2", "STS-B"]);
  const found = cells(table, ([task]) => task === "RTE");
  assert.deepEqual([found.DPBERT, found["Gain at equal layers"], found["Paper: gain"]], [
    "–",
    "no run yet",
    "+15.2",
  ]);
  assert.match(table.caption, /Missing runs: `.* --methods dpbert,dpbert-soft` makes them\.$/);
});

Deno.test("softGain is the mean over the tasks that have both", () => {
  const { tasks, atLayers, gain, seeds } = softGain(study);
  assert.deepEqual([tasks, atLayers, Math.round(gain), seeds], [["sst-2"], [], 40, [1]]);
  assert.deepEqual(softGain(exampleStudy([])).tasks, []);
});

Deno.test("discretisationTable: one training under three kinds of gates", () => {
  const table = discretisationTable(study);
  assert.deepEqual(table.rows.map(([, method]) => method), ["DPBERT-soft (t0.3)", "DPBERT-soft (t0.45)"]);
  assert.deepEqual(table.rows[0].slice(3), ["40.0", "2.0", "no run yet", "–", "no run yet", "–"]);
  assert.deepEqual(table.rows[1].slice(3), ["60.0", "4.0", "95.0", "+35.0", "70.0", "5.0"]);
});

const records = (table: Table, row: number) =>
  table.leads!.rows[row].map(({ path }) => path).filter((path) => path.startsWith("runs/"));

Deno.test("discretisationTable names the records of all three readings", () => {
  assert.deepEqual(records(discretisationTable(study), 1), [
    "runs/sst-2/dpbert-soft-t0.45-s0.json",
    "runs/sst-2/dpbert-soft-gates=soft-t0.45-s0.json",
    "runs/sst-2/dpbert-soft-gates=sampled-t0.45-s0.json",
  ]);
});

Deno.test("discretisationTable takes the gap over the seeds that both have", () => {
  const soft = (right: number, seed: number, gates?: string): MadeUpRun => ({
    method: "dpbert-soft",
    settings: { targetRate: 0.45, ...gates ? { gates } : {} },
    seed,
    right,
    path: firstOf6(4),
  });
  const { rows: [row] } = discretisationTable(exampleStudy([soft(12, 0), soft(4, 1), soft(19, 0, "soft")]));
  assert.deepEqual(row.slice(2, 7), ["2", "40.0", "4.0", "95.0", "+35.0"]); // not 95 less 40
});

Deno.test("ablationsTable sets a change beside DPBERT at as many layers, and names what is missing", () => {
  const table = ablationsTable(study);
  const changed = cells(table, ([task, title]) => task === "SST-2" && title.startsWith("no reinforcement"));
  assert.deepEqual([changed.Score, changed.Layers], ["60.0", "3.0 of 6"]);
  assert.match(changed["Beside DPBERT at equal layers"], /^loss: −30\.0 \(/);
  const missing = cells(table, ([task, title]) => task === "CoLA" && title === "λ2 = 100");
  assert.deepEqual([missing.Seeds, missing.Score], ["0", "–"]);
  assert.equal(
    missing["Missing: filled by"],
    "`deno task train --profile micro --task cola --method dpbert --seed 0 --set lambda2=100 --set targetRate=0.45`",
  );
});

Deno.test("ablationsTable names the record of the change and of what it is beside", () => {
  const table = ablationsTable(study);
  const changed = table.rows.findIndex(([task, title]) =>
    task === "SST-2" && title.startsWith("no reinforce")
  );
  assert.deepEqual(records(table, changed), [
    "runs/sst-2/dpbert-lambda1=0-t0.45-s0.json",
    "runs/sst-2/dpbert-t0.45-s0.json",
  ]);
});
