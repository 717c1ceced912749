/**
 * The unit of work: one run, one record. Idempotent: a finished run with an equal recipe hash is returned, not run
 * again; a killed one continues from its stage's checkpoint.
 */
import type { BertParams } from "../bert/mod.ts";
import type { Config } from "../config.ts";
import { InputError } from "../errors.ts";
import { scoreTask } from "../glue/mod.ts";
import {
  type Backbone,
  bert,
  dpbert,
  fineTune,
  givenPaths,
  initialisePlanner,
  type Method,
  type Outcome,
  type Planner,
  predictAll,
  randomPlanner,
  reinforce,
  type TrainingSet,
} from "../methods/mod.ts";
import { type Backend, disposeTree, random } from "../tensor/mod.ts";
import type { LoopOptions, StageResult } from "../train/mod.ts";
import { commit, libHash, loadAverage, machine, peakMemoryMb, versions } from "./environment.ts";
import { keyOf, type RunRequest } from "./grid.ts";
import { withLock } from "./lock.ts";
import { hasModel, loadModel, loadPlanner, saveModel } from "./models.ts";
import {
  commonestPath,
  meanFlops,
  metricsOf,
  pathSummary,
  predictionRows,
  shuffledPaths,
} from "./outcome.ts";
import { type Recipe, recipeFor } from "./recipe.ts";
import { type CurveLine, recipeHash, type RunRecord, schemaVersion, type TimingRecord } from "./record.ts";
import { findRecord, runName, writeRun } from "./store.ts";
import { openSources, readTaskData, type Sources, type TaskData } from "./task_data.ts";
import { join } from "node:path";

/** What a run needs from its caller. */
export interface RunContext {
  config: Config;
  backend: Backend;
  /** Root of records (`<results>/<profile>/...`). */
  results: string;
  now(): number;
  shouldStop?(): boolean;
  onProgress?(run: string, progress: Parameters<NonNullable<LoopOptions["onProgress"]>>[0]): void;
  onNote?(text: string): void;
  /** Train again even if a record answers the request. */
  fresh?: boolean;
}

/** Methods that `trainRun` knows, and whether they start from the run `bert`. */
const methods: Record<string, { startsFromBert: boolean }> = {
  bert: { startsFromBert: false },
  dpbert: { startsFromBert: true },
};

/** The folder of a run's final weights and checkpoints (never tracked). */
export function checkpointFolder(results: string, request: RunRequest): string {
  const { profile, task, method, setting, seed } = keyOf(request);
  return join(results, profile, "checkpoints", task, runName(method, setting, seed));
}

/** A trained model, ready to run. */
export interface TrainedModel {
  sources: Sources;
  backbone: Backbone;
  planner: Planner | null;
  method: Method;
}

/** The model a finished run left behind, or null when its weights are gone. */
export async function openModel(request: RunRequest, context: RunContext): Promise<TrainedModel | null> {
  const folder = checkpointFolder(context.results, request);
  if (!await hasModel(folder)) return null;
  const sources = await openSources(request.profile, request.task, context.config);
  const backbone = {
    ops: context.backend.ops,
    config: sources.config,
    params: await loadModel(folder, sources),
  };
  const planner = request.method === "dpbert" ? await loadPlanner(folder, sources) : null;
  return { sources, backbone, planner, method: planner ? dpbert(backbone, planner) : bert(backbone) };
}

/** Frees a model's parameters. */
export function disposeModel({ backbone, planner }: Pick<TrainedModel, "backbone" | "planner">): void {
  disposeTree(backbone.params);
  if (planner) disposeTree(planner);
}

/** Stages, their results and the model they ended in. */
interface Training {
  backbone: Backbone;
  planner: Planner | null;
  method: Method;
  stages: Record<string, StageResult>;
}

/** What stays the same over one run. */
interface Run {
  request: RunRequest;
  name: string;
  recipe: Recipe;
  sources: Sources;
  data: TaskData;
  hash: string;
  /** Of the code as it stood when the run began. */
  provenance: RunRecord["provenance"];
  context: RunContext;
}

/**
 * Runs `request`, or returns its record if it is done. A missing parent (stage 1) is trained first.
 * Throws `InputError` for unknown names, missing files and a diverged loss; `Stopped` when the user stops it.
 */
export async function trainRun(request: RunRequest, context: RunContext): Promise<RunRecord> {
  if (!Object.hasOwn(methods, request.method)) {
    throw new InputError(
      `Unknown method "${request.method}"; expected one of ${Object.keys(methods).join(", ")}.`,
    );
  }
  const key = keyOf(request), name = runName(key.method, key.setting, key.seed);
  const recipe = recipeFor(request.profile, request.task, request.settings);
  const sources = await openSources(request.profile, request.task, context.config);
  const data = await readTaskData(sources, recipe.maxLength, request.seed);
  const hash = recipeHash(recipe, data.summary.sha256, sources.weights.sha256);
  const provenance = { commit: await commit(), libHash: await libHash() };
  const run: Run = { request, name, recipe, sources, data, hash, provenance, context };
  return await withLock(`${checkpointFolder(context.results, request)}.lock`, async () => {
    const done = await findRecord(context.results, key);
    if (done?.recipeHash === hash && !context.fresh) return done;
    for (const warning of data.summary.warnings) context.onNote?.(`${name}: ${warning}`);
    return await trainAndRecord(run);
  });
}

async function trainAndRecord(run: Run): Promise<RunRecord> {
  const { request, context, sources } = run;
  const training = request.method === "bert" ? await trainBert(run) : await trainDpbert(run);
  try {
    const { record, rows, mismatched } = await evaluated(run, training);
    await saveModel(
      checkpointFolder(context.results, request),
      sources,
      training.backbone.params,
      training.planner ?? undefined,
    );
    await writeRun(context.results, {
      record,
      timing: timingOf(run, training.stages),
      predictions: rows,
      mismatched: mismatched ?? undefined,
      curve: curveOf(training.stages),
    });
    await removeStages(run);
    return record;
  } finally {
    disposeModel(training);
  }
}

function trainingSet({ sources: { task }, data }: Run): TrainingSet {
  return {
    kind: task.kind,
    train: data.train,
    heldOut: data.heldOut,
    score: (predictions, labels) => scoreTask(task, predictions, labels).score,
  };
}

/** Named by the recipe's hash as well: what another recipe, other rows or other weights left is not continued. */
const stageFile = ({ request, context, hash }: Run, stage: string) =>
  join(checkpointFolder(context.results, request), `${stage}-${hash.slice(0, 12)}.safetensors`);

function loopOptions(run: Run, stage: string): Omit<LoopOptions, "ops"> {
  const { context, request, name } = run;
  return {
    checkpointFile: stageFile(run, stage),
    now: context.now,
    shouldStop: context.shouldStop,
    onProgress: (progress) => context.onProgress?.(`${request.task} ${name}`, progress),
  };
}

/** The stages' resume state, of any recipe, is of no use once the record exists. */
async function removeStages({ request, context }: Run): Promise<void> {
  const folder = checkpointFolder(context.results, request);
  for await (const { name } of Deno.readDir(folder)) {
    if (/^stage\d.*\.safetensors$/.test(name)) await Deno.remove(join(folder, name));
  }
}

async function trainBert(run: Run): Promise<Training> {
  const { recipe: { stage1: { epochs, ...settings } }, data, sources, request, context } = run;
  await Deno.mkdir(checkpointFolder(context.results, request), { recursive: true });
  const backbone = {
    ops: context.backend.ops,
    config: sources.config,
    params: await sources.freshBackbone(request.seed),
  };
  const steps = Math.max(1, Math.round(epochs * Math.ceil(data.train.length / settings.batchSize)));
  const stage1 = await fineTune(
    backbone,
    trainingSet(run),
    { ...settings, steps },
    request.seed,
    loopOptions(run, "stage1"),
  );
  return { backbone, planner: null, method: bert(backbone), stages: { stage1 } };
}

/** The run whose weights `request` starts from. It gets what stage 1 depends on only, so a task and seed share it. */
export function parentOf(request: RunRequest): RunRequest {
  const ofStage1 = (key: string) => key === "maxLength" || key === "epochs" || key.startsWith("stage1.");
  const settings = Object.fromEntries(Object.entries(request.settings).filter(([key]) => ofStage1(key)));
  return { ...request, method: "bert", settings };
}

async function parentParams(run: Run): Promise<BertParams> {
  const request = parentOf(run.request), folder = checkpointFolder(run.context.results, request);
  await trainRun(request, run.context);
  // A record whose weights were deleted: the same seed makes the same weights again.
  if (!await hasModel(folder)) await trainRun(request, { ...run.context, fresh: true });
  return await loadModel(folder, run.sources);
}

async function trainDpbert(run: Run): Promise<Training> {
  const { recipe, sources: { config }, request: { seed }, context } = run;
  await Deno.mkdir(checkpointFolder(context.results, run.request), { recursive: true });
  const backbone = { ops: context.backend.ops, config, params: await parentParams(run) };
  const planner = randomPlanner(config.numLayers, config.hiddenSize, random(seed, "planner"));
  const set = trainingSet(run);
  const stage2 = await initialisePlanner(
    backbone,
    planner,
    set,
    recipe.stage2,
    seed,
    loopOptions(run, "stage2"),
  );
  const stage3 = await reinforce(backbone, planner, set, recipe.stage3, seed, loopOptions(run, "stage3"));
  return { backbone, planner, method: dpbert(backbone, planner), stages: { stage2, stage3 } };
}

/** How the kept parameters were chosen, for the record. */
function selectionOf(
  { request: { method }, recipe }: Run,
  stages: Record<string, StageResult>,
): RunRecord["selection"] {
  const { selected, evaluations } = stages.stage3 ?? stages.stage1;
  const last = evaluations.at(-1)!, kept = selected ?? last;
  const rule = method === "bert"
    ? "best held-out score of the evaluations"
    : `best held-out score among evaluations with mean layers within ${recipe.stage3.targetRate} + 0.05 of all, else the last step`;
  return {
    rule,
    step: kept.step,
    heldOutScore: kept.score,
    onTarget: kept.eligible,
    evaluations: evaluations.length,
  };
}

async function evaluated(run: Run, training: Training) {
  const { request, sources: { task, weights, config }, data, context } = run;
  const { backbone, planner, method } = training;
  const outcome = await predictAll(backbone, task.kind, data.dev, () => method);
  const rows = predictionRows(task, data.devExamples, outcome);
  const mismatched = data.mismatched && predictionRows(
    task,
    data.mismatched.examples,
    await predictAll(backbone, task.kind, data.mismatched.encoded, () => method),
  );
  const key = keyOf(request);
  const record: RunRecord = {
    schemaVersion,
    ...key,
    parent: methods[request.method].startsFromBert ? parentName(run) : null,
    recipe: run.recipe,
    recipeHash: run.hash,
    backend: context.backend.name,
    blas: context.backend.blas,
    data: data.summary,
    weights,
    metrics: metricsOf(task, rows, mismatched),
    path: pathSummary(outcome.paths, config.numLayers),
    ...(planner ? { controls: await controls(run, training, outcome) } : {}),
    selection: selectionOf(run, training.stages),
    flops: meanFlops(config, task, data.dev, outcome.paths, planner ? config.numLayers : 0),
    provenance: run.provenance,
  };
  return { record, rows, mismatched };
}

function parentName(run: Run): string {
  const { method, setting, seed } = keyOf(parentOf(run.request));
  return runName(method, setting, seed);
}

/** Does routing matter? The same model with other inputs' paths, with its commonest path for all, and with every layer. */
async function controls(
  run: Run,
  { backbone }: Training,
  { paths }: Outcome,
): Promise<Record<string, number | string>> {
  const { sources: { task }, data, request } = run;
  const score = async (methodFor: (rows: number[]) => Method) => {
    const rows = predictionRows(
      task,
      data.devExamples,
      await predictAll(backbone, task.kind, data.dev, methodFor),
    );
    return metricsOf(task, rows, null).score;
  };
  const given = (all: string[]) => (rows: number[]) =>
    givenPaths(backbone, () => rows.map((row) => all[row]));
  const { path, share } = commonestPath(paths);
  return {
    shuffledPathsScore: await score(given(shuffledPaths(paths, request.seed))),
    commonestPath: path,
    commonestPathShare: share,
    commonestPathScore: await score(given(paths.map(() => path))),
    everyLayerScore: await score(() => bert(backbone)),
  };
}

const timingOf = ({ request, context }: Run, stages: Record<string, StageResult>): TimingRecord => ({
  schemaVersion,
  ...keyOf(request),
  seconds: Object.fromEntries(
    Object.entries(stages).map(([name, { seconds }]) => [name, Number(seconds.toFixed(1))]),
  ),
  peakMemoryMb: peakMemoryMb(),
  machine: machine(),
  adapter: context.backend.adapter,
  versions: versions(),
  load: loadAverage(),
});

/** Five significant digits of every number: a curve is looked at, not computed with. */
function curveOf(stages: Record<string, StageResult>): CurveLine[] {
  const short = (x: number) => Number(x.toPrecision(5));
  return Object.entries(stages).flatMap(([stage, { curve, evaluations }]) =>
    curve.map(({ step, ...numbers }) => {
      const evaluation = evaluations.find((one) => one.step === step);
      const heldOut = evaluation
        ? {
          heldOutScore: short(evaluation.score),
          ...(typeof evaluation.meanExecutedLayers === "number"
            ? { heldOutLayers: short(evaluation.meanExecutedLayers) }
            : {}),
        }
        : {};
      const shortened = Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, short(x)]));
      return { stage, step, ...shortened, ...heldOut } as CurveLine;
    })
  );
}
