import assert from "node:assert/strict";
import { type Config, readConfig } from "../../config.ts";
import { startBackend } from "../../tensor/mod.ts";
import { keyOf } from "../grid/grid.ts";
import { lessonSeed, openLesson, stateOf, trainStage, withModel } from "./lesson.ts";
import { openStage1, scoresUnderGates, spreadsOnDev } from "./gates.ts";
import { forcePlanner } from "./views.ts";
import { removeModel } from "../models.ts";
import { checkpointFolder } from "../unfinished/run.ts";
import { runPaths } from "../records/store.ts";
import { trainRun } from "../unit.ts";

const smoke = (results: string): Config =>
  readConfig({ DPB_PROFILE: "smoke", DPB_BLAS: "off", DPB_BACKEND: "wasm", DPB_RESULTS: results });

async function inFolder(body: (config: Config) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(smoke(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const opened = (config: Config) => openLesson(config, "sst-2");

Deno.test("openStage1 takes the weights that a run of bert left, and trains its own where they are gone", () =>
  inFolder(async (config) => {
    const { results } = config, backend = await startBackend("wasm", config);
    const request = { profile: "smoke", task: "sst-2", method: "bert", settings: {}, seed: lessonSeed };
    await trainRun(request, { config, backend, results, now: () => 0 });
    const lesson = await opened(config), saved = await openStage1(lesson);
    assert.equal(saved.title, "stage 1 of a whole run");
    const fresh = await withModel(lesson, "wasm", null, stateOf);
    const names = [...saved.state.backbone.keys()];
    assert.deepEqual(names, [...fresh.backbone.keys()]);
    assert.deepEqual(saved.state.planner, fresh.planner); // no stage has touched it
    assert.notDeepEqual(saved.state.backbone.get(names[0]), fresh.backbone.get(names[0]));

    await removeModel(checkpointFolder(results, request));
    const own = await openStage1(lesson);
    // A lesson on smoke rows follows the whole recipe, so it ends in the same numbers.
    assert.deepEqual([own.title, own.state], ["stage 1 of 96 steps", saved.state]);
  }));

Deno.test("openStage1 does not take weights whose record was made by another recipe", () =>
  inFolder(async (config) => {
    const { results } = config, backend = await startBackend("wasm", config);
    const request = { profile: "smoke", task: "sst-2", method: "bert", settings: {}, seed: lessonSeed };
    const record = await trainRun(request, { config, backend, results, now: () => 0 });
    const path = runPaths(results, keyOf(request)).record;
    await Deno.writeTextFile(path, JSON.stringify({ ...record, recipeHash: "0".repeat(16) }));
    assert.equal((await openStage1(await opened(config))).title, "stage 1 of 96 steps");
  }));

Deno.test("gates that are certain score the same under every kind; a soft third stage moves backbone and planner", () =>
  inFolder(async (config) => {
    const lesson = await opened(config);
    const certain = await withModel(lesson, "wasm", null, (model) => {
      forcePlanner(model.planner, 1);
      return stateOf(model);
    });
    const { soft, thresholded, sampled } = await scoresUnderGates(lesson, certain);
    assert.deepEqual([soft, thresholded], [sampled, { ...sampled, layers: 4 }]);
    const spreads = await spreadsOnDev(lesson, certain);
    assert.deepEqual(spreads.map(({ smallest, largest }) => [smallest, largest]), Array(4).fill([1, 1]));

    const start = await withModel(lesson, "wasm", null, stateOf);
    const { state, result } = await trainStage(lesson, "soft stage3", start, { steps: 2, curveEvery: 1 });
    assert.deepEqual(Object.keys(result.curve[0]).sort(), ["loss", "meanExecuteProb", "step"]); // no reward
    assert.notDeepEqual(state.planner, start.planner);
    assert.notDeepEqual(state.backbone, start.backbone);
  }));
