/**
 * The unit of work: one run, one record. Idempotent: a finished run with an equal recipe hash is returned, not run
 * again; a killed one continues from its stage's checkpoint.
 */
import type { BertParams } from "../bert/mod.ts";
import { InputError } from "../errors.ts";
import { bert, dpbert, fineTune, initialisePlanner, randomPlanner, reinforce } from "../methods/mod.ts";
import { random } from "../tensor/mod.ts";
import type { LoopOptions } from "../train/mod.ts";
import { curveOf, evaluated, timingOf } from "./conclude.ts";
import { commit, libHash } from "./environment.ts";
import { keyOf, type RunRequest } from "./grid.ts";
import { withLock } from "./lock.ts";
import { disposeModel, hasModel, loadModel, saveModel } from "./models.ts";
import { recipeFor, usedSettings } from "./recipe.ts";
import { recipeHash, type RunRecord } from "./record.ts";
import { checkpointFolder, parentOf, type Run, type RunContext, type Training } from "./run.ts";
import { findRecord, runName, writeRun } from "./store.ts";
import { openSources, readTaskData, trainingSet } from "./task_data.ts";
import { join } from "node:path";

/**
 * Runs `request`, or returns its record if it is done. A missing parent (stage 1) is trained first.
 * Throws `InputError` for unknown names, missing files and a diverged loss; `Stopped` when the user stops it.
 */
export async function trainRun(request: RunRequest, context: RunContext): Promise<RunRecord> {
  if (!Object.hasOwn(trainings, request.method)) {
    throw new InputError(
      `Unknown method "${request.method}"; expected one of ${Object.keys(trainings).join(", ")}.`,
    );
  }
  const key = keyOf(request), name = runName(key.method, key.setting, key.seed);
  const recipe = recipeFor(request.profile, request.task, request.settings);
  const sources = await openSources(request.profile, request.task, context.config);
  const data = await readTaskData(sources, recipe.maxLength, request.seed);
  const hash = recipeHash(usedSettings(request.method, recipe), data.summary.sha256, sources.weights.sha256);
  return await withLock(`${checkpointFolder(context.results, request)}.lock`, async () => {
    const done = await findRecord(context.results, key);
    if (done?.recipeHash === hash && !context.fresh) return done;
    const provenance = { commit: await commit(), libHash: await libHash() };
    const run: Run = { request, name, recipe, sources, data, hash, provenance, context };
    await Deno.mkdir(checkpointFolder(context.results, request), { recursive: true });
    if (context.fresh) await removeStages(run);
    for (const warning of data.summary.warnings) context.onNote?.(`${name}: ${warning}`);
    return await trainAndRecord(run);
  }, { onWait: context.onNote, shouldStop: context.shouldStop });
}

async function trainAndRecord(run: Run): Promise<RunRecord> {
  const { request, context, sources } = run;
  const training = await trainings[request.method](run);
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
  const backbone = {
    ops: context.backend.ops,
    config: sources.config,
    params: await sources.freshBackbone(request.seed),
  };
  const steps = Math.max(1, Math.round(epochs * Math.ceil(data.train.length / settings.batchSize)));
  const stage1 = await fineTune(
    backbone,
    trainingSet(run.sources, run.data),
    { ...settings, steps },
    request.seed,
    loopOptions(run, "stage1"),
  );
  return { backbone, planner: null, method: bert(backbone), stages: { stage1 } };
}

async function parentParams(run: Run): Promise<BertParams> {
  const request = parentOf(run.request), folder = checkpointFolder(run.context.results, request);
  await trainRun(request, { ...run.context, fresh: false });
  // A record whose weights were deleted: the same seed makes the same weights again.
  if (!await hasModel(folder)) await trainRun(request, { ...run.context, fresh: true });
  return await loadModel(folder, run.sources);
}

async function trainDpbert(run: Run): Promise<Training> {
  const { recipe, sources: { config }, request: { seed }, context } = run;
  const backbone = { ops: context.backend.ops, config, params: await parentParams(run) };
  const planner = randomPlanner(config.numLayers, config.hiddenSize, random(seed, "planner"));
  const set = trainingSet(run.sources, run.data);
  const stage2 = await initialisePlanner(
    backbone,
    planner,
    set,
    { ...recipe.stage2, plannerInput: recipe.stage3.plannerInput },
    seed,
    loopOptions(run, "stage2"),
  );
  const stage3 = await reinforce(backbone, planner, set, recipe.stage3, seed, loopOptions(run, "stage3"));
  return { backbone, planner, method: dpbert(backbone, planner), stages: { stage2, stage3 } };
}

/** How each method is trained. */
const trainings: Record<string, (run: Run) => Promise<Training>> = { bert: trainBert, dpbert: trainDpbert };
