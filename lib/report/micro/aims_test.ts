import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import type { GradedRow, GradedRun } from "../../runs/records/graded.ts";
import type { RunRecord } from "../../runs/records/record.ts";
import { settingSlug } from "../../runs/records/store.ts";
import { aimsTable } from "./aims.ts";
import { systemsTable } from "./systems.ts";

/** A run; layers rise with the level in its two rows. */
function graded(changes: Partial<RunRecord>): GradedRun {
  const row = { label: "1", prediction: "1", tokens: 9 };
  const rows: GradedRow[] = [{ ...row, id: 0, path: "10", level: 0 }, {
    ...row,
    id: 1,
    path: "11",
    level: 1,
  }];
  return { record: exampleRecord({ profile: "micro", parent: null, controls: undefined, ...changes }), rows };
}

const first4 = { method: "bert-first-k", setting: settingSlug({ firstLayers: 4 }) };
const path = { meanExecutedLayers: 1.5, numLayers: 2, executedShare: [1, 0.5], distinctPaths: 2 };
const runs = [
  graded({ task: "sst-2", method: "bert", metrics: { score: 98 } }),
  graded({ task: "sst-2", ...first4, metrics: { score: 89 } }),
  graded({
    ...{ task: "sst-2", method: "dpbert", setting: "t0.6", metrics: { score: 97 } },
    ...{ parent: "bert-s0", controls: { shuffledPathsScore: 95 }, path },
  }),
  ...[0, 1].flatMap((seed) => [
    graded({
      task: "mnli",
      method: "bert",
      seed,
      metrics: { matched: 84, mismatched: 75 + seed, score: 84 },
    }),
    graded({ task: "mnli", ...first4, seed, metrics: { matched: 70 + 2 * seed, mismatched: 75, score: 70 } }),
  ]),
];

const timed = (task: string, method: string, setting: string, seconds: number) =>
  exampleTiming({ profile: "micro", task, method, setting, seconds: { all: seconds } });
const timings = [
  timed("sst-2", "bert", "", 240),
  timed("sst-2", "dpbert", "t0.6", 90),
  timed("mnli", "bert", "", 60),
];

/** Found and reached, by task and aim. */
const found = new Map(
  aimsTable(runs, timings, "micro", ["t0.6"]).rows.map((
    [task, aim, , mean, interval, reached],
  ) => [`${task} | ${aim}`, [mean, interval, reached]]),
);

Deno.test("aimsTable compares with bounds: 98 of 97 is reached, 89 where at most 88 is wanted is not", () => {
  assert.deepEqual(found.get("SST-2 | All layers: at least 97"), ["98.0", "–", "yes"]);
  assert.deepEqual(found.get("SST-2 | First 4 layers: at most 88"), ["89.0", "–", "no"]);
});

Deno.test("aimsTable takes differences seed by seed: 14 and 12 are 13 ± 12.7, on each of MNLI's dev sets", () => {
  assert.deepEqual(found.get("MNLI-m | First 4 layers: at least 8 below all"), ["13.0", "± 12.7", "yes"]);
  assert.deepEqual(found.get("MNLI-mm | First 4 layers: at least 8 below all"), ["0.5", "± 6.4", "no"]);
  assert.deepEqual(found.get("MNLI-mm | All layers: at least 78"), ["75.5", "± 6.4", "no"]);
});

Deno.test("aimsTable: planning keeps 99 %, but at 75 % of the layers; the paths follow the level; shuffling costs 2", () => {
  const planning = (aim: string) => found.get(`SST-2 | DPBERT (t0.6): ${aim}`);
  assert.deepEqual(planning("at least 97 % of the full score"), ["99.0", "–", "yes"]);
  assert.deepEqual(planning("at most 60 % of the layers"), ["75.0", "–", "no"]);
  assert.deepEqual(planning("Spearman of level and layers at least 0.3"), ["1.00", "–", "yes"]);
  assert.deepEqual(planning("another input's path costs at least 3 points"), ["2.0", "–", "no"]);
});

Deno.test("aimsTable leaves dashes where runs are missing", () => {
  assert.deepEqual(found.get("RTE | All layers: 75 to 92"), ["–", "–", "–"]);
  assert.deepEqual(found.get("RTE | First 4 layers: below all"), ["–", "–", "–"]);
  assert.equal(found.size, 9 * 3 + 2 * 4 + 2);
});

Deno.test("aimsTable: 98.4 after as many steps more is 0.4 above 98, so stage 1 has converged; 99 is not", () => {
  const extraSteps = { task: "sst-2", method: "bert", setting: settingSlug({ extraSteps: "stage3" }) };
  const reached = [98.4, 99].map((score) => {
    const table = aimsTable([...runs, graded({ ...extraSteps, metrics: { score } })], [], "micro", []);
    return table.rows.find(([task, aim]) => task === "SST-2" && aim.startsWith("All layers, as many"))!.slice(
      3,
    );
  });
  assert.deepEqual(reached, [["0.4", "–", "yes"], ["1.0", "–", "no"]]);
});

Deno.test("aimsTable holds the slowest task to the minutes, with stage 1: 4 of 3.5 and 5.5 of 6", () => {
  assert.deepEqual(found.get("SST-2 | Stage 1: at most 3.5 minutes"), ["4.0", "–", "no"]);
  assert.deepEqual(found.get("SST-2 | DPBERT (t0.6), all stages: at most 6 minutes"), ["5.5", "–", "yes"]);
});

Deno.test("systemsTable shows each system on each dev set, with DPBERT's layers", () => {
  const { columns, rows } = systemsTable(runs.map(({ record }) => record), "micro", ["t0.6"]);
  const of = (task: string) => {
    const row = rows.find(([title]) => title === task)!;
    return Object.fromEntries(columns.map((name, at) => [name, row[at]]));
  };
  assert.deepEqual(of("SST-2"), {
    "Task": "SST-2",
    "Seeds": "1",
    "All layers": "98.0",
    "First 4 layers": "89.0",
    "First 6 layers": "–",
    "All layers, as many steps": "–",
    "DPBERT (t0.6)": "97.0 at 1.5 layers",
  });
  assert.equal(of("MNLI-mm")["All layers"], "75.5 ± 6.4");
  assert.equal(of("CoLA")["Seeds"], "–");
});
