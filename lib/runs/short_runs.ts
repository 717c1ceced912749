/** Smoke runs of a few steps, for the tests of the entries: trained, opened again, stopped and continued. */
import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { predictAll } from "../methods/mod.ts";
import { liveTensors, startBackend } from "../tensor/mod.ts";
import { Stopped } from "../train/mod.ts";
import { keyOf, type RunRequest } from "./grid/grid.ts";
import { recipeOf } from "./methods/mod.ts";
import { disposeModel } from "./models.ts";
import { predictionRows } from "./records/outcome.ts";
import { openPredictor } from "./predictor.ts";
import type { Settings } from "./recipe.ts";
import type { RunRecord } from "./records/record.ts";
import type { RunContext } from "./unfinished/run.ts";
import { readPredictions, runPaths } from "./records/store.ts";
import { readTaskData } from "./sources/task_data.ts";
import { openModel } from "./finished/trained_model.ts";
import { trainRun } from "./unit.ts";

/** A run of the smoke profile, seed 0. */
export const shortRun = (method: string, settings: Settings = {}, task = "sst-2"): RunRequest => ({
  profile: "smoke",
  task,
  method,
  settings,
  seed: 0,
});

/** Steps that take a second for all three stages. */
export const fewSteps = { epochs: 0.5, "stage2.steps": 2, "stage3.steps": 4 };

/** What runs into `results` need. */
export async function contextIn(results: string): Promise<RunContext> {
  const backend = await startBackend("wasm", { blas: Deno.env.get("DPB_BLAS") ?? "auto" });
  return { config: readConfig({}), backend, results, now: () => 0 };
}

/** Does `work` in an empty folder of results, which is removed. */
export async function inResults<T>(work: (context: RunContext) => Promise<T>): Promise<T> {
  const results = await Deno.makeTempDir();
  try {
    return await work(await contextIn(results));
  } finally {
    await Deno.remove(results, { recursive: true });
  }
}

/** Trains a run; opened again, as the run and from its record alone, it predicts what it recorded; nothing leaks. */
export async function trainedAndOpened(request: RunRequest): Promise<RunRecord> {
  return await inResults(async (context) => {
    const live = liveTensors(), record = await trainRun(request, context);
    assert.equal(liveTensors(), live);
    const model = (await openModel(request, context))!, { task } = model.sources;
    const data = await readTaskData(model.sources, recipeOf(request).maxLength, 0);
    const outcome = await predictAll(model.backbone, task.kind, data.dev, () => model.method);
    const rows = await readPredictions(context.results, keyOf(request));
    assert.deepEqual(predictionRows(task, data.devExamples, outcome), rows);
    disposeModel(model);
    const predictor = await openPredictor(runPaths(context.results, record).record);
    const { a, b } = data.devExamples[0];
    assert.equal((await predictor.predict(a, b ?? undefined)).path, rows[0].path);
    predictor.dispose();
    assert.equal(liveTensors(), live);
    return record;
  });
}

/** Stops a run again and again, until it is done, and compares what it leaves with what it leaves undisturbed. */
export async function stoppedAndContinued(request: RunRequest): Promise<void> {
  const filesOf = ({ results }: RunContext) => filesUnder(results);
  const whole = await inResults(async (context) => {
    await trainRun(request, context);
    return filesOf(context);
  });
  const pieces = await inResults(async (context) => {
    let looks = 0, stops = 0;
    const stopping = { ...context, shouldStop: () => ++looks % 3 === 0 };
    for (let record = null; !record;) {
      record = await trainRun(request, stopping).catch((error) => {
        assert.ok(error instanceof Stopped, String(error));
        assert.ok(++stops < 60);
        return null;
      });
    }
    assert.ok(stops > 3, String(stops));
    return filesOf(context);
  });
  assert.deepEqual(pieces, whole);
}

/** Every file under `folder` but timings, by its path from there, as text. */
function filesUnder(folder: string, prefix = ""): [string, string][] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }): [string, string][] => {
    if (name === "timings") return [];
    if (isDirectory) return filesUnder(`${folder}/${name}`, `${prefix}${name}/`);
    return [[prefix + name, new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`))]];
  }).sort(([a], [b]) => a < b ? -1 : 1);
}

/** Refuses `request` with that message before anything is written. */
export async function refusedAtOnce(request: RunRequest, message: string): Promise<void> {
  await inResults(async (context) => {
    await assert.rejects(trainRun(request, context), { name: "InputError", message });
    assert.deepEqual([...Deno.readDirSync(context.results)], []);
  });
}
