import assert from "node:assert/strict";
import type { EncodedExample } from "../../glue/mod.ts";
import { liveTensors } from "../../tensor/mod.ts";
import { meanTokens, secondsPerRow, stepRowsOf, stepsOf, typicalRows } from "./first_steps.ts";
import type { RunRequest } from "../grid/grid.ts";
import { methodEntries } from "../methods/mod.ts";
import { fewSteps, inResults, shortRun } from "../short_runs.ts";
import { openSources, readTaskData } from "../sources/task_data.ts";
import { trainRun } from "../unit.ts";

const ofStage1 = { epochs: 0.5 }, ofStage3 = { ...ofStage1, "stage3.steps": 4 };

/** One of every method, in an order in which no run trains another; `extraSteps` make two trainings of a method. */
const runs: RunRequest[] = [
  shortRun("bert", ofStage1),
  shortRun("bert", { ...ofStage1, extraSteps: 3 }),
  shortRun("bert-first-k", ofStage1),
  shortRun("dpbert", fewSteps),
  shortRun("dpbert-soft", fewSteps),
  shortRun("deebert", { ...ofStage1, "exits.steps": 5 }),
  shortRun("deebert", ofStage3),
  shortRun("bert-first-k", { ...ofStage1, extraSteps: 3 }),
  shortRun("pabee", ofStage3),
  shortRun("pabee", { ...ofStage3, patience: 1 }), // only evaluated
  shortRun("static-subset", { ...ofStage3, subset: "random" }),
];

Deno.test("stepsOf counts the steps that each method's training has", () =>
  inResults(async (context) => {
    const named = new Set(runs.map(({ method }) => method));
    assert.deepEqual(methodEntries.filter(({ name }) => !named.has(name)), []);
    for (const request of runs) {
      const stages = new Map<string, number>();
      const record = await trainRun(request, {
        ...context,
        onProgress: (_run, { stage, steps }) => void stages.set(stage, steps),
      });
      const stage2 = stages.get("stage 2") ?? 0, all = [...stages.values()].reduce((sum, n) => sum + n, 0);
      const trainRows = record.data.rows["train.tsv"], heldOut = Math.round(trainRows / 10);
      const found = stepsOf(request, trainRows - heldOut);
      assert.deepEqual(found, { stage2, main: all - stage2 }, JSON.stringify(request));
    }
  }));

const example = (tokens: number): EncodedExample => ({
  tokenIds: Array(tokens).fill(0),
  segmentIds: Array(tokens).fill(0),
  label: 0,
  index: tokens,
});

Deno.test("typicalRows are the ones nearest to the mean length: of 1, 2, 6, 7 and 9 those of 6 and 7", () => {
  const examples = [1, 9, 6, 2, 7].map(example);
  assert.equal(meanTokens(examples), 5);
  assert.deepEqual(typicalRows(examples, 2).map(({ index }) => index), [6, 7]);
  assert.equal(typicalRows(examples, 9).length, 5);
});

Deno.test("stepRowsOf is each stage's own batch size: micro's CoLA has 16 rows in stage 1 and 32 afterwards", () => {
  const rows = (method: string, settings = {}, trainRows = 1000) =>
    stepRowsOf({ profile: "micro", task: "cola", method, settings, seed: 0 }, trainRows);
  assert.deepEqual(rows("bert"), { stage2: 32, main: 16 });
  assert.equal(rows("pabee").main, 16);
  assert.equal(rows("bert", { extraSteps: 3 }).main, 32);
  assert.deepEqual(rows("dpbert", { "stage2.batchSize": 4 }), { stage2: 4, main: 32 });
  assert.equal(rows("deebert", { "exits.batchSize": 8 }).main, 8);
  assert.equal(rows("bert", {}, 10).main, 10);
});

Deno.test("secondsPerRow times the planner's own stage where there is one, whatever the steps, and leaks nothing", () =>
  inResults(async (context) => {
    const sources = await openSources("smoke", "sst-2", context.config);
    const rows = (await readTaskData(sources, 32, 0)).train, live = liveTensors();
    let ms = 0;
    const seconds = (request: RunRequest) =>
      secondsPerRow(request, { ...context, sources, rows, now: () => ms++ });
    // Every look at the clock is a millisecond, so a step takes as long with 8 rows as with 4.
    const bert = await seconds(shortRun("bert")), dpbert = await seconds(shortRun("dpbert"));
    assert.deepEqual([bert.stage2, bert.main > 0], [0, true]);
    assert.ok(dpbert.stage2 > 0 && dpbert.main > 0);
    assert.equal((await seconds(shortRun("bert", { "stage1.batchSize": 4 }))).main, 2 * bert.main);
    assert.equal((await seconds(shortRun("dpbert", { "stage2.steps": 0 }))).stage2, 0);
    for (const { method, settings } of runs) {
      assert.ok((await seconds(shortRun(method, settings))).main > 0, method);
    }
    assert.equal(liveTensors(), live);
  }));

Deno.test("secondsPerRow refuses a method on a task that it cannot do", () =>
  inResults(async (context) => {
    const sources = await openSources("smoke", "sts-b", context.config);
    await assert.rejects(
      secondsPerRow(shortRun("deebert", {}, "sts-b"), { ...context, sources, rows: [] }),
      { name: "InputError", message: /^deebert leaves by the entropy/ },
    );
  }));
