import assert from "node:assert/strict";
import { exampleRecord } from "../../runs/records/example_records.ts";
import type { GradedRow, GradedRun } from "../../runs/records/graded.ts";
import type { RunRecord } from "../../runs/records/record.ts";
import {
  dynamicGates,
  layersByLevelTable,
  levelCorrelations,
  scoreByLevelTable,
  shufflingCosts,
} from "./levels.ts";
import type { Table } from "../value.ts";

/** Rows as `level path label prediction`; inputs get longer row by row. */
function graded(lines: string[], changes: Partial<RunRecord> = {}): GradedRun {
  const rows = lines.map((line, id): GradedRow => {
    const [level, path, label, prediction] = line.split(" ");
    return { id, label, prediction, path, level: Number(level), tokens: 10 + id };
  });
  return { record: exampleRecord({ profile: "micro", task: "sst-2", ...changes }), rows };
}

/** Level 0: 2 layers and right; level 2: 3 layers, one of two right. */
const run = graded(["0 110 1 1", "0 110 0 0", "2 111 1 0", "2 111 0 0"], {
  path: { meanExecutedLayers: 2.5, numLayers: 3, executedShare: [1, 1, 0.5], distinctPaths: 2 },
  metrics: { accuracy: 75, score: 75 },
  controls: { shuffledPathsScore: 65 },
});

const cells = (table: Table, row = 0) =>
  Object.fromEntries(table.columns.map((name, at) => [name, table.rows[row][at]]));

Deno.test("scoreByLevelTable: 100 on the easy rows, 50 on the hard ones", () => {
  assert.deepEqual(cells(scoreByLevelTable([run], "micro")), {
    "Task": "SST-2",
    "Method": "DPBERT",
    "Seeds": "1",
    "Rows a level": "2",
    "All": "75.0",
    "Level 0": "100.0",
    "Level 2": "50.0",
  });
});

Deno.test("layersByLevelTable: layers rise from 2 to 3, the correlation is 1, one gate is dynamic, shuffling costs 10", () => {
  const found = cells(layersByLevelTable([run], "micro"));
  assert.deepEqual(found, {
    "Task": "SST-2",
    "Method": "DPBERT",
    "Seeds": "1",
    "Layers executed": "2.5 of 3",
    "Level 0": "2.0",
    "Level 2": "3.0",
    "Spearman": "1.00",
    "95 % interval": "–",
    "Length held constant": "1.00",
    "Distinct paths": "2",
    "Dynamic gates": "1",
    "Score": "75.0",
    "Shuffled paths cost": "10.0",
  });
});

Deno.test("layersByLevelTable averages over seeds: correlations 1 and -1 are 0 ± 12.706", () => {
  const turned = graded(["0 111 1 1", "0 111 0 0", "2 110 1 0", "2 110 0 0"], {
    seed: 1,
    metrics: { score: 75 },
  });
  const found = cells(layersByLevelTable([run, turned], "micro"));
  assert.deepEqual([found["Level 0"], found["Spearman"], found["95 % interval"]], ["2.5", "0.00", "± 12.71"]);
});

Deno.test("layersByLevelTable leaves out methods that plan nothing; score_by_level has them", () => {
  const plain = graded(["0 111 1 1", "1 111 0 0"], { method: "bert", controls: undefined });
  assert.deepEqual(layersByLevelTable([plain], "micro").rows, []);
  assert.equal(scoreByLevelTable([plain], "micro").rows.length, 1);
});

Deno.test("a task without a level has a dash there", () => {
  const other = graded(["1 111 1 1", "1 110 0 0"], { task: "rte" });
  other.rows.forEach((row) => [row.label, row.prediction] = ["entailment", "entailment"]);
  const table = scoreByLevelTable([run, other], "micro");
  assert.deepEqual(table.rows.map((row) => row.slice(5)), [["100.0", "–", "50.0"], ["–", "100.0", "–"]]);
});

Deno.test("levelCorrelations of one path for all inputs is 0, not a division by 0", () => {
  assert.deepEqual(levelCorrelations({ runs: [graded(["0 110 1 1", "1 110 0 0"])] }), [0]);
});

Deno.test("dynamicGates counts shares from 0.05 to 0.95; shufflingCosts leaves out runs without the control", () => {
  const executedShare = [1, 0.96, 0.95, 0.05, 0.04, 0];
  const path = { meanExecutedLayers: 3, numLayers: 6, executedShare, distinctPaths: 4 };
  assert.equal(dynamicGates({ path }), 2);
  assert.deepEqual(shufflingCosts({ records: [run.record, exampleRecord({ controls: undefined })] }), [10]);
});
