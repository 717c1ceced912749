import assert from "node:assert/strict";
import { inputTokens, microDev } from "../micro/mod.ts";
import { type MeasuredMicro, microRows } from "./micro.ts";
import { microLeaksTable, microRowsTable } from "./micro_table.ts";

Deno.test("microRows counts RTE: every input has 47 tokens, so length tells nothing of the level", () => {
  assert.deepEqual(microRows("rte"), {
    task: "rte",
    rows: { train: 2500, dev: 1000, test: 1000 },
    levels: { from: 1, to: 4 },
    tokens: { train: 2500 * 47, dev: 1000 * 47 },
    shortest: 47,
    longest: 47,
    lengthAndLevel: 0,
  });
});

const committed = async (): Promise<MeasuredMicro> =>
  JSON.parse(await Deno.readTextFile(new URL("../../results/bench/micro.json", import.meta.url)));

Deno.test("the committed sizes are those of the generators as they are now", async () => {
  const { tasks } = await committed();
  for (const { task, tokens, rows } of tasks) {
    const { examples } = microDev(task);
    const total = examples.reduce((sum, example) => sum + inputTokens(example), 0);
    assert.deepEqual([tokens.dev, rows.dev], [total, examples.length], task);
  }
  assert.deepEqual(tasks.find(({ task }) => task === "rte"), microRows("rte"));
});

const measured: MeasuredMicro = {
  seed: 0,
  tasks: [],
  probedRows: 12,
  leaks: [
    {
      task: "rte",
      rows: { train: 9, dev: 4 },
      chance: 50,
      found: { words: 50, neighbours: 59.9, layout: 48 },
    },
    {
      task: "mnli",
      rows: { train: 9, dev: 4 },
      chance: 100 / 3,
      found: { words: 33, neighbours: 34, layout: 43.4 },
    },
    {
      task: "sts-b",
      rows: { train: 9, dev: 4 },
      chance: null,
      found: { words: 0.1, neighbours: 0.2, layout: 0.3 },
    },
  ],
};

Deno.test("microLeaksTable: 59.9 of 60 is below, 43.4 of a third and ten is not, nor r = 0.3 of 0.25", () => {
  assert.deepEqual(microLeaksTable(measured).rows.map((row) => row.slice(3)), [
    ["50.0", "59.9", "48.0", "50.0", "60.0", "yes"],
    ["33.0", "34.0", "43.4", "33.3", "43.3", "no"],
    ["0.10", "0.20", "0.30", "0.00", "0.25", "no"],
  ]);
});

Deno.test("microLeaksTable says of how many drawn rows its dev rows are", () => {
  assert.match(
    microLeaksTable(measured).caption,
    /Dev rows are more than the profile's dev has: for the probes 12 are drawn/,
  );
});

Deno.test("the committed probes drew more dev rows than the profile has, and probed no more than they drew", async () => {
  const { probedRows, tasks, leaks } = await committed();
  for (const [at, { task, rows }] of leaks.entries()) {
    assert.ok(probedRows > tasks[at].rows.dev, task);
    assert.ok(rows.dev > tasks[at].rows.dev && rows.dev <= probedRows, task);
  }
});

Deno.test("microRowsTable has a row for every task", () => {
  const table = microRowsTable({ ...measured, tasks: [microRows("rte")] });
  assert.deepEqual(table.rows, [[
    "RTE",
    "2500",
    "2490",
    "1000",
    "1000",
    "1–4",
    "117500",
    "47000",
    "47",
    "0.00",
  ]]);
});
