import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import { settingSlug } from "../../runs/records/store.ts";
import { readPaper } from "../study/paper.ts";
import { table1 } from "./table1.ts";
import { tableMarkdown } from "../markdown/table_text.ts";

const paper = readPaper();
const full = { meanExecutedLayers: 6, numLayers: 6, executedShare: [1, 1, 1, 1, 1, 1], distinctPaths: 1 };
const bert = (task: string, seed: number, score: number) =>
  exampleRecord({ task, method: "bert", seed, metrics: { score }, path: full, parent: null });
const dpbert = (task: string, seed: number, score: number) =>
  exampleRecord({ task, seed, metrics: { score } });

/** The row of a task and method, by column name. */
function row(table: ReturnType<typeof table1>, task: string, method: string): Record<string, string> {
  const found = table.rows.find((cells) => cells[0] === task && cells[1] === method);
  assert(found, `no row ${task} ${method}`);
  return Object.fromEntries(table.columns.map((column, i) => [column, found[i]]));
}

const records = [
  ...[84, 85, 86].map((score, seed) => bert("mrpc", seed, score)),
  ...[83, 84, 85].map((score, seed) => dpbert("mrpc", seed, score)),
  ...[86, 86, 86].map((score, seed) => bert("sts-b", seed, score)),
];

Deno.test("table1 shows ours, interval, the paper's and the difference in columns of their own", () => {
  const found = row(table1(records, [exampleTiming()], paper, "glue"), "MRPC", "DPBERT");
  assert.deepEqual(found, {
    Task: "MRPC",
    Method: "DPBERT",
    Seeds: "3",
    Ours: "84.0",
    "95 % interval": "± 2.5", // 4.303 / sqrt 3 = 2.484
    Paper: "87.8",
    Difference: "−3.8",
    "Layers executed": "5.0 of 6",
    "Speed-up": "1.20×",
    "FLOPs saved": "17 %",
    "Distinct paths": "1",
  });
});

Deno.test("table1 says where a run is missing, with the command", () => {
  const table = table1(records, [], paper, "glue");
  const found = row(table, "STS-B", "DPBERT");
  assert.deepEqual([found.Ours, found.Paper, found.Difference, found.Seeds], [
    "no run yet",
    "88.7",
    "–",
    "0",
  ]);
  assert(table.caption.includes("`deno task train --profile glue --task sts-b --method dpbert --seed 0`"));
  assert(table.caption.includes("latency not measured"));
});

Deno.test("table1 averages the methods that every task has, over the seeds they share", () => {
  const table = table1(records, [], paper, "glue");
  const found = row(table, "Mean of 2", "BERT");
  assert.deepEqual([found.Seeds, found.Ours, found.Paper, found.Difference], ["3", "85.5", "88.2", "−2.7"]);
  assert.equal(found["95 % interval"], "± 1.2"); // seeds 85, 85.5, 86: 4.303 x 0.5 / sqrt 3
  assert.equal(table.rows.filter((cells) => cells[0] === "Mean of 2").length, 1);
});

Deno.test("table1 leads from each row to its seeds' records, from a mean to all of them, from a missing run nowhere", () => {
  const table = table1(records, [exampleTiming()], paper, "glue");
  const linked = table.leads!.rows.map((row) => row.filter(({ shown }) => shown).map(({ path }) => path));
  const paths = (name: string) => [0, 1, 2].map((seed) => `runs/${name}-s${seed}.json`);
  assert.deepEqual(linked, [paths("mrpc/bert"), paths("mrpc/dpbert"), paths("sts-b/bert"), [], []]);
  const mean = table.leads!.rows[4].map(({ path }) => path);
  assert.deepEqual(mean, [...paths("mrpc/bert"), ...paths("sts-b/bert")]);
  assert.equal(table.leads!.rows[1].at(-1)?.path, "timings/mrpc/dpbert-s0.json");
});

Deno.test("table1 shows one seed without an interval", () => {
  const found = row(table1([bert("mrpc", 0, 84)], [], paper, "glue"), "MRPC", "BERT");
  assert.deepEqual([found.Seeds, found["95 % interval"], found["Layers executed"]], ["1", "–", "6.0 of 6"]);
});

Deno.test("table1 keeps settings apart and says how to fill them", () => {
  const changed = exampleRecord({ setting: "t0.5", recipe: { targetRate: 0.5 } });
  const swept = [...records, dpbert("mrpc", 0, 80), changed];
  const table = table1(swept, [], paper, "glue");
  assert.equal(row(table, "MRPC", "DPBERT (t0.5)").Seeds, "1");
  assert(
    table.caption.includes("--task sts-b --method dpbert --seed 0 --set targetRate=0.5`"),
    table.caption,
  );
});

Deno.test("table1: one command fills all that the profile runs, and nothing fills what cannot be", () => {
  const made = (method: string, settings: Record<string, string | number>) =>
    exampleRecord({ profile: "micro", method, setting: settingSlug(settings), recipe: settings });
  const entropy = { exitBy: "entropy", targetRate: 0.45 };
  const table = table1(
    [
      made("bert", {}),
      made("pabee", { targetRate: 0.45 }),
      made("pabee", entropy),
      made("deebert", { targetRate: 0.45 }),
    ],
    [],
    paper,
    "micro",
    ["mrpc", "sts-b"],
  );
  assert(
    table.caption.endsWith("No run yet: `deno task reproduce --profile micro --full --methods bert,pabee`."),
  );
  assert.equal(row(table, "STS-B", "DeeBERT (t0.45)").Ours, "not for a regression");
});

Deno.test("table1 sets the paper's number beside the paper's systems only", () => {
  const longer = exampleRecord({
    method: "bert",
    setting: "extraSteps=stage3",
    recipe: { extraSteps: "stage3" },
  });
  const table = table1([bert("mrpc", 0, 84), longer], [], paper, "glue");
  assert.equal(row(table, "MRPC", "BERT").Paper, "88.1");
  const found = row(table, "MRPC", "BERT (extraSteps=stage3)");
  assert.deepEqual([found.Paper, found.Difference], ["–", "–"]);
});

Deno.test("table1 takes the tasks it is asked for and ignores other profiles", () => {
  const table = table1([...records, exampleRecord({ profile: "smoke", task: "rte" })], [], paper, "glue", [
    "mrpc",
  ]);
  assert.deepEqual(table.rows.map((cells) => cells[0]), ["MRPC", "MRPC"]);
});

Deno.test("table1 of a smoke profile can never pass for a result", () => {
  const { caption, columns, rows, leads } = table1([exampleRecord({ profile: "smoke" })], [], paper, "smoke");
  assert.deepEqual(columns.slice(2, 6), ["Seeds", "Ours", "95 % interval", "Layers executed"]);
  assert.equal(rows[0].length, 9); // of 11
  assert.deepEqual(leads!.head.map(({ shown }) => shown!.column), ["Speed-up"]);
  assert(caption.startsWith("smoke: a test of the machinery, never a result. Table 1."), caption);
  assert(!/paper/.test(caption));
});

Deno.test("table1 without records has no rows and names the first command", () => {
  const table = table1([], [], paper, "glue", ["sts-b"]);
  assert.deepEqual(table.rows, []);
  assert(table.caption.includes("--task sts-b --method bert --seed 0"));
});

Deno.test("table1 has a cell for every column", () => {
  tableMarkdown(table1(records, [], paper, "glue"));
});
