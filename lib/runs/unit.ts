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
import { requestHash } from "./finished.ts";
import { keyOf, type RunRequest } from "./grid.ts";
import { withLock } from "./lock.ts";
import { disposeModel, freedOnError, hasModel, loadModel, removeModel, saveModel } from "./models.ts";
import { recipeFor } from "./recipe.ts";
import type { RunRecord } from "./record.ts";
import {
  finishStates,
  isOutdated,
  markOutdated,
  openFolder,
  provenanceOf,
  removeStates,
  stateFile,
} from "./resume_state.ts";
import { checkpointFolder, lockFile, parentOf, type Run, type RunContext, type Training } from "./run.ts";
import { findRecord, hasRecord, runName, writeRun } from "./store.ts";
import { openSources, readTaskData, trainingSet } from "./task_data.ts";

/**
 * Runs `request`, or returns its record if it is done. A missing parent (stage 1) is trained first. Killed at any
 * moment and called again it goes on from what is saved, to the same bytes; `context.fresh` begins anew instead.
 * Throws `InputError` for unknown names, missing files and a diverged loss; `Stopped` when the user stops it.
 */
export function trainRun(request: RunRequest, context: RunContext): Promise<RunRecord> {
  return runOnce(request, context, { withWeights: false });
}

/** `withWeights`: a record whose weights were deleted does not count; the same seed makes the same weights again. */
async function runOnce(
  request: RunRequest,
  context: RunContext,
  { withWeights }: { withWeights: boolean },
): Promise<RunRecord> {
  if (!Object.hasOwn(trainings, request.method)) {
    throw new InputError(
      `Unknown method "${request.method}"; expected one of ${Object.keys(trainings).join(", ")}.`,
    );
  }
  const key = keyOf(request), name = runName(key.method, key.setting, key.seed);
  const recipe = recipeFor(request.profile, request.task, request.settings);
  const sources = await openSources(request.profile, request.task, context.config);
  const data = await readTaskData(sources, recipe.maxLength, request.seed);
  const hash = requestHash(request.method, recipe, data.summary.sha256, sources);
  const folder = checkpointFolder(context.results, request);
  return await withLock(lockFile(context.results, request), async () => {
    await openFolder(folder);
    const outdated = context.fresh || await isOutdated(folder);
    const done = outdated ? null : await findRecord(context.results, key);
    if (done?.recipeHash === hash && !(withWeights && !await hasModel(folder))) {
      await finishStates(folder);
      return done;
    }
    if (await hasRecord(context.results, key)) await markOutdated(folder);
    if (context.fresh) await removeStates(folder);
    const begunBy = stateFile({ request, context, hash }, "begun-by", "json");
    const provenance = await provenanceOf(begunBy, { commit: await commit(), libHash: await libHash() });
    const run: Run = { request, name, recipe, sources, data, hash, provenance, context };
    for (const warning of data.summary.warnings) context.onNote?.(`${name}: ${warning}`);
    return await trainAndRecord(run);
  }, context);
}

async function trainAndRecord(run: Run): Promise<RunRecord> {
  const { request, context, sources } = run, folder = checkpointFolder(context.results, request);
  const training = await trainings[request.method](run);
  try {
    const { record, rows, mismatched } = await evaluated(run, training);
    await saveModel(folder, sources, training.backbone.params, training.planner ?? undefined);
    await writeRun(context.results, {
      record,
      timing: timingOf(run, training.stages),
      predictions: rows,
      mismatched: mismatched ?? undefined,
      curve: curveOf(training.stages),
    });
    await finishStates(folder);
    return record;
  } finally {
    disposeModel(training);
  }
}

function loopOptions(run: Run, stage: string): Omit<LoopOptions, "ops"> {
  const { context, request, name } = run;
  return {
    checkpointFile: stateFile(run, stage, "safetensors"),
    checkpointEvery: context.checkpointEvery,
    now: context.now,
    shouldStop: context.shouldStop,
    onNote: (text) => context.onNote?.(`${name}: ${text}`),
    onProgress: (progress) => context.onProgress?.(`${request.task} ${name}`, progress),
  };
}

async function trainBert(run: Run): Promise<Training> {
  const { recipe: { stage1: { epochs, ...settings } }, data, sources, request, context } = run;
  const backbone = {
    ops: context.backend.ops,
    config: sources.config,
    params: await sources.freshBackbone(request.seed),
  };
  const steps = Math.max(1, Math.round(epochs * Math.ceil(data.train.length / settings.batchSize)));
  return await freedOnError({ backbone, planner: null }, async () => {
    const set = trainingSet(run.sources, run.data), options = loopOptions(run, "stage1");
    const stage1 = await fineTune(backbone, set, { ...settings, steps }, request.seed, options);
    return { backbone, planner: null, method: bert(backbone), stages: { stage1 } };
  });
}

async function parentParams(run: Run): Promise<BertParams> {
  const { sources, context } = run;
  const request = parentOf(run.request), folder = checkpointFolder(context.results, request);
  const trained = () => runOnce(request, { ...context, fresh: false }, { withWeights: true });
  await trained();
  try {
    return await loadModel(folder, sources);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    context.onNote?.(
      `${run.name}: the weights it starts from cannot be used and are made again. ${error.message}`,
    );
    await removeModel(folder);
    await trained();
    return await loadModel(folder, sources);
  }
}

async function trainDpbert(run: Run): Promise<Training> {
  const { recipe, sources: { config }, request: { seed }, context } = run;
  const backbone = { ops: context.backend.ops, config, params: await parentParams(run) };
  const planner = randomPlanner(config.numLayers, config.hiddenSize, random(seed, "planner"));
  return await freedOnError({ backbone, planner }, async () => {
    const set = trainingSet(run.sources, run.data);
    const settings = { ...recipe.stage2, plannerInput: recipe.stage3.plannerInput };
    const stage2 = await initialisePlanner(
      backbone,
      planner,
      set,
      settings,
      seed,
      loopOptions(run, "stage2"),
    );
    const stage3 = await reinforce(backbone, planner, set, recipe.stage3, seed, loopOptions(run, "stage3"));
    return { backbone, planner, method: dpbert(backbone, planner), stages: { stage2, stage3 } };
  });
}

/** How each method is trained. */
const trainings: Record<string, (run: Run) => Promise<Training>> = { bert: trainBert, dpbert: trainDpbert };
