/**
 * Live training for the lesson notebooks: each stage on the smoke model, on the chosen backend and, where an adapter
 * exists, on WebGPU beside it. Both start from the same numbers, see the same batches and draw the same random numbers.
 */
import type { Config } from "../config.ts";
import type { Example } from "../glue/mod.ts";
import {
  type Backbone,
  bert,
  dpbert,
  fineTune,
  initialisePlanner,
  type Planner,
  plannerLeaves,
  predictAll,
  randomPlanner,
  reinforce,
  type Sampling,
} from "../methods/mod.ts";
import {
  type Backend,
  type BackendName,
  disposeTree,
  leaves,
  random,
  startBackend,
  webgpuAdapter,
} from "../tensor/mod.ts";
import { type LoopOptions, restore, type Snapshot, snapshot, type StageResult } from "../train/mod.ts";
import { type Recipe, recipeFor } from "./recipe.ts";
import type { Sources } from "./sources.ts";
import { openSources, readTaskData, type TaskData, trainingSet } from "./task_data.ts";

/** The stages of section 3.2. */
export type StageName = "stage1" | "stage2" | "stage3";
/** In their order. */
export const stageNames: readonly StageName[] = ["stage1", "stage2", "stage3"];

/** What a lesson works on. */
export interface Lesson {
  sources: Sources;
  data: TaskData;
  recipe: Recipe;
  /** The example that is followed through the house. */
  example: Example;
  /** Backend the stages train on. */
  backend: BackendName;
  config: Config;
}

/** Parameters between stages, off any backend. */
export interface LessonState {
  backbone: Snapshot;
  planner: Snapshot;
}

/** Of everything a lesson draws. */
export const lessonSeed = 0;

/** Opens a lesson on the smoke rows of `task`. `auto` is the wasm backend: a lesson is too small for a GPU. */
export async function openLesson(config: Config, task = "mrpc"): Promise<Lesson> {
  const sources = await openSources("smoke", task, config);
  const recipe = recipeFor("smoke", task, {});
  const data = await readTaskData(sources, recipe.maxLength, lessonSeed);
  const backend = config.backend === "auto" ? "wasm" : config.backend;
  return { sources, data, recipe, example: data.devExamples[0], backend, config };
}

/** A model of the lesson on a running backend. */
interface LessonModel {
  backbone: Backbone;
  planner: Planner;
}

async function freshModel({ sources }: Lesson, { ops }: Backend): Promise<LessonModel> {
  const { config } = sources;
  const planner = randomPlanner(config.numLayers, config.hiddenSize, random(lessonSeed, "planner"));
  return { backbone: { ops, config, params: await sources.freshBackbone(lessonSeed) }, planner };
}

async function stateOf({ backbone, planner }: LessonModel): Promise<LessonState> {
  return {
    backbone: await snapshot(leaves(backbone.params)),
    planner: await snapshot(plannerLeaves(planner)),
  };
}

/** Runs `work` with a model holding `state` (fresh without one) on backend `name`; frees it afterwards. */
export async function withModel<T>(
  lesson: Lesson,
  name: BackendName,
  state: LessonState | null,
  work: (model: LessonModel) => Promise<T>,
): Promise<T> {
  const model = await freshModel(lesson, await startBackend(name, lesson.config));
  if (state) {
    restore(leaves(model.backbone.params), state.backbone);
    restore(plannerLeaves(model.planner), state.planner);
  }
  try {
    return await work(model);
  } finally {
    disposeTree(model.backbone.params);
    disposeTree(model.planner);
  }
}

function runStageOf(
  stage: StageName,
  model: LessonModel,
  lesson: Lesson,
  { steps, sampling }: StageRunOptions,
  options: Omit<LoopOptions, "ops">,
) {
  const { recipe, data } = lesson;
  const set = trainingSet(lesson.sources, data);
  const { epochs, ...stage1 } = recipe.stage1;
  const allSteps = Math.round(epochs * Math.ceil(data.train.length / stage1.batchSize));
  // The schedule keeps its full length, so that a shortened run follows the same curve.
  const cut = { ...options, lastStep: steps };
  if (stage === "stage1") {
    return fineTune(model.backbone, set, { ...stage1, steps: allSteps }, lessonSeed, cut);
  }
  if (stage === "stage2") {
    return initialisePlanner(
      model.backbone,
      model.planner,
      set,
      { ...recipe.stage2, plannerInput: recipe.stage3.plannerInput },
      lessonSeed,
      cut,
    );
  }
  return reinforce(model.backbone, model.planner, set, recipe.stage3, lessonSeed, cut, sampling);
}

/** A stage's curve and the parameters it ended with. */
export interface StageRun {
  backend: BackendName;
  result: StageResult;
  state: LessonState;
}

export interface StageRunOptions {
  backend?: BackendName;
  /** Stop after so many steps of the stage's schedule. */
  steps?: number;
  /** Stage 3's actions; the seed's own draws unless said otherwise. */
  sampling?: Sampling;
  onProgress?: LoopOptions["onProgress"];
  shouldStop?: LoopOptions["shouldStop"];
}

/** Trains one stage of the lesson from `state` (null: from fresh parameters). */
export function trainStage(
  lesson: Lesson,
  stage: StageName,
  state: LessonState | null,
  options: StageRunOptions = {},
): Promise<StageRun> {
  const { backend = lesson.backend, onProgress, shouldStop } = options;
  return withModel(lesson, backend, state, async (model) => {
    const loop = { now: () => performance.now(), onProgress, shouldStop };
    const result = await runStageOf(stage, model, lesson, options, loop);
    return { backend, result, state: await stateOf(model) };
  });
}

/** Trains the stages before `stage`, so that a lesson can start in the middle. */
export async function stateBefore(
  lesson: Lesson,
  stage: StageName,
  options: Pick<StageRunOptions, "shouldStop"> = {},
): Promise<LessonState | null> {
  let state: LessonState | null = null;
  for (const earlier of stageNames.slice(0, stageNames.indexOf(stage))) {
    state = (await trainStage(lesson, earlier, state, options)).state;
  }
  return state;
}

/**
 * The same stage on WebGPU, step for step the same batches and random numbers; null where no adapter is found or the
 * lesson itself runs on WebGPU.
 */
export async function trainBeside(
  lesson: Lesson,
  stage: StageName,
  state: LessonState | null,
  options: Omit<StageRunOptions, "backend"> = {},
): Promise<StageRun | null> {
  if (lesson.backend === "webgpu" || !await webgpuAdapter()) return null;
  return await trainStage(lesson, stage, state, { ...options, backend: "webgpu" });
}

/** Dev predictions and paths of the lesson's model. */
export function lessonOutcome(lesson: Lesson, state: LessonState, method: "bert" | "dpbert") {
  return withModel(lesson, lesson.backend, state, ({ backbone, planner }) => {
    const run = method === "bert" ? bert(backbone) : dpbert(backbone, planner);
    return predictAll(backbone, lesson.sources.task.kind, lesson.data.dev, () => run);
  });
}
