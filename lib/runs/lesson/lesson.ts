/**
 * Live training for the lesson notebooks: each stage on micro-GLUE (or on the smoke model), on the chosen backend and,
 * where an adapter exists, on WebGPU beside it. Both start from the same numbers, see the same batches and draw the same
 * random numbers.
 */
import type { Config } from "../../config.ts";
import { InputError } from "../../errors.ts";
import type { EncodedExample, Example } from "../../glue/mod.ts";
import { microDev } from "../../micro/mod.ts";
import {
  type Backbone,
  fineTune,
  initialisePlanner,
  type Planner,
  plannerLeaves,
  randomPlanner,
  reinforce,
  type Sampling,
  trainSoft,
} from "../../methods/mod.ts";
import {
  type Backend,
  type BackendName,
  disposeTree,
  leaves,
  random,
  startBackend,
  webgpuAdapter,
} from "../../tensor/mod.ts";
import { type LoopOptions, restore, type Snapshot, snapshot, type StageResult } from "../../train/mod.ts";
import { stage1StepsOf } from "../methods/training.ts";
import { type Recipe, recipeFor } from "../recipe.ts";
import type { Sources } from "../sources/sources.ts";
import { openSources, readTaskData, type TaskData, trainingSet } from "../sources/task_data.ts";

/** The stages of section 3.2. */
export type StageName = "stage1" | "stage2" | "stage3";
/** In their order. */
export const stageNames: readonly StageName[] = ["stage1", "stage2", "stage3"];

/** What a lesson can train: those stages, and the third one with soft gates (section 4.7). */
export type TrainedStage = StageName | "soft stage3";

/** The profiles that a lesson can be on. */
type LessonProfile = "smoke" | "micro";

/** What a lesson works on. */
export interface Lesson {
  profile: LessonProfile;
  sources: Sources;
  data: TaskData;
  recipe: Recipe;
  /** Steps of every stage's schedule. */
  steps: Record<StageName, number>;
  /** Difficulty of every dev row, known by construction; 0 for smoke rows, which have none. */
  levels: number[];
  /** The example that is followed through the house: the first dev row of the highest level. */
  example: Example;
  /** The same as token ids. */
  encoded: EncodedExample;
  /** Backend the stages train on. */
  backend: BackendName;
  config: Config;
}

/** Parameters between stages, off any backend. */
export interface LessonState {
  backbone: Snapshot;
  planner: Snapshot;
}

/** The task of the lessons: of pairs, and of those the one that is learnt soonest. */
export const lessonTask = "mrpc";

/** Of everything a lesson draws. */
export const lessonSeed = 0;

/**
 * Steps of a lesson on micro rows. Schedules are made for so many, so a lesson is a whole training and only a short one:
 * no stage takes two minutes on two busy cores, and `lessonTask` is learnt in them.
 */
const microSteps: Record<StageName, number> = { stage1: 400, stage2: 60, stage3: 400 };

function stepsOf(
  profile: LessonProfile,
  recipe: Recipe,
  rows: number,
  onMicro: Lesson["steps"],
): Lesson["steps"] {
  if (profile === "micro") return onMicro;
  const { stage2, stage3 } = recipe;
  return { stage1: stage1StepsOf(recipe, rows), stage2: stage2.steps, stage3: stage3.steps };
}

/**
 * Opens a lesson on `task`: on micro-GLUE, or on smoke rows where that profile is asked for. A BERT of the user's own
 * counts on the micro profile alone: elsewhere it is another kind of BERT. `auto` is the wasm backend: a lesson is too
 * small for a GPU. `steps` are those on micro rows. Throws `InputError` as `openSources`, and for a regression: lessons
 * count right answers.
 */
export async function openLesson(
  { bertDir, ...others }: Config,
  task = lessonTask,
  steps = microSteps,
): Promise<Lesson> {
  const profile = others.profile === "smoke" ? "smoke" : "micro";
  const config = { ...others, bertDir: others.profile === "micro" ? bertDir : null };
  const sources = await openSources(profile, task, config);
  if (sources.task.kind === "regression") {
    throw new InputError(
      `${sources.task.title} has scores, and a lesson counts right answers; expected a classification, for example ${lessonTask}.`,
    );
  }
  const recipe = recipeFor(profile, task, null, {});
  const data = await readTaskData(sources, recipe.maxLength, lessonSeed);
  const levels = profile === "micro"
    ? microDev(task).examples.map(({ level }) => level)
    : data.dev.map(() => 0);
  const chosen = levels.indexOf(Math.max(...levels));
  return {
    profile,
    sources,
    data,
    recipe,
    steps: stepsOf(profile, recipe, data.train.length, steps),
    levels,
    example: data.devExamples[chosen],
    encoded: data.dev[chosen],
    backend: config.backend === "auto" ? "wasm" : config.backend,
    config,
  };
}

/** What a picture of a stage says of it (`curveFigure`). */
export function stageFacts({ sources: { task }, recipe }: Lesson, stage: StageName) {
  const { batchSize } = recipe[stage], targetRate = stage === "stage3" ? recipe.stage3.targetRate : undefined;
  return { title: stage.replace("stage", "Stage "), task: task.id, batchSize, seed: lessonSeed, targetRate };
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

/** The parameters of a model. */
export async function stateOf({ backbone, planner }: LessonModel): Promise<LessonState> {
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
  stage: TrainedStage,
  model: LessonModel,
  lesson: Lesson,
  { steps, curveEvery, sampling }: StageRunOptions,
  options: Omit<LoopOptions, "ops">,
) {
  const { recipe: { stage1, stage2, stage3 }, steps: all } = lesson;
  const set = trainingSet(lesson.sources, lesson.data);
  // The schedule keeps its full length, so that a shortened run follows the same curve.
  const cut = { ...options, lastStep: steps, curveEvery };
  if (stage === "stage1") {
    return fineTune(model.backbone, set, { ...stage1, steps: all.stage1 }, lessonSeed, cut);
  }
  if (stage === "stage2") {
    return initialisePlanner(
      model.backbone,
      model.planner,
      set,
      { ...stage2, steps: all.stage2, plannerInput: stage3.plannerInput },
      lessonSeed,
      cut,
    );
  }
  const settings = { ...stage3, steps: all.stage3 };
  if (stage === "soft stage3") {
    return trainSoft(model.backbone, model.planner, set, settings, lessonSeed, cut);
  }
  return reinforce(model.backbone, model.planner, set, settings, lessonSeed, cut, sampling);
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
  /** Steps from one point of the curve to the next, where it is not the loop's own. */
  curveEvery?: number;
  /** Stage 3's actions; the seed's own draws unless said otherwise. */
  sampling?: Sampling;
  onProgress?: LoopOptions["onProgress"];
  shouldStop?: LoopOptions["shouldStop"];
}

/** Trains one stage of the lesson from `state` (null: from fresh parameters). */
export function trainStage(
  lesson: Lesson,
  stage: TrainedStage,
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

/** A stage's first steps on two backends. */
export interface BesideRun {
  first: StageRun;
  /** Null where there is no WebGPU adapter. */
  second: StageRun | null;
}

/** Steps that two backends do beside each other: a GPU in software takes some ten seconds for one on micro rows. */
const besideSteps = { hardware: 10, software: 2 };

/**
 * The first steps of a stage on the lesson's backend once more and on WebGPU (or, where the lesson itself is on WebGPU, on
 * wasm): the same parameters, batches and random numbers, a point of the curve for every step.
 */
export async function trainBeside(
  lesson: Lesson,
  stage: StageName,
  state: LessonState | null,
  options: Pick<StageRunOptions, "onProgress" | "shouldStop"> = {},
): Promise<BesideRun> {
  const adapter = await webgpuAdapter(), steps = besideSteps[adapter?.isFallback ? "software" : "hardware"];
  const run = (backend: BackendName) =>
    trainStage(lesson, stage, state, { ...options, backend, steps, curveEvery: 1 });
  const other = lesson.backend === "webgpu" ? "wasm" : "webgpu";
  return { first: await run(lesson.backend), second: adapter ? await run(other) : null };
}
