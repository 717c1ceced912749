/**
 * The unit of work: one run, one record. Idempotent: a finished run with an equal recipe hash is returned, not run
 * again; a killed one continues from its stage's checkpoint.
 */
import { InputError } from "../errors.ts";
import { random } from "../tensor/mod.ts";
import { curveOf, evaluated, timingOf } from "./finished/conclude.ts";
import { commit, libHash } from "./records/environment.ts";
import { requestHash } from "./finished/finished.ts";
import { keyOf, type RunRequest } from "./grid/grid.ts";
import { withLock } from "./unfinished/lock.ts";
import {
  entryOf,
  isTrainedElsewhere,
  parentOf,
  recipeOf,
  type TrainingEnd,
  trainingOf,
} from "./methods/mod.ts";
import {
  disposeModel,
  hasModel,
  loadModel,
  makeParts,
  type Model,
  removeModel,
  saveModel,
} from "./models.ts";
import type { Recipe } from "./recipe.ts";
import type { RunRecord } from "./records/record.ts";
import {
  finishStates,
  isOutdated,
  markOutdated,
  openFolder,
  provenanceOf,
  removeStates,
  stateFile,
} from "./unfinished/resume_state.ts";
import { checkpointFolder, lockFile, type Run, type RunContext } from "./unfinished/run.ts";
import { findRecord, hasRecord, runName, writeRun } from "./records/store.ts";
import { numOutputs, type Sources } from "./sources/sources.ts";
import { openSources, readTaskData } from "./sources/task_data.ts";
import { openModel, openParts } from "./finished/trained_model.ts";

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
  const key = keyOf(request), inputs = await readInputs(request, context), { name, hash } = inputs;
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
    const run = await begun(inputs);
    for (const warning of run.data.summary.warnings) context.onNote?.(`${name}: ${warning}`);
    return await trainAndRecord(run);
  }, context);
}

/** What is known of a run before it begins. */
export type RunInputs = Omit<Run, "provenance" | "openOther">;

/** Reads what `request` trains on; touches nothing. Throws as `trainRun`. */
export async function readInputs(request: RunRequest, context: RunContext): Promise<RunInputs> {
  const recipe = recipeOf(request), { method, setting, seed } = keyOf(request);
  const sources = await openSources(request.profile, request.task, context.config);
  checkRequest(request, recipe, sources);
  const data = await readTaskData(sources, recipe.maxLength, seed);
  const hash = requestHash(request, data.summary.sha256, sources);
  return { request, name: runName(method, setting, seed), recipe, sources, data, hash, context };
}

/** The run as it begins, or goes on, under today's code; its folder is there and locked. */
export async function begun(inputs: RunInputs): Promise<Run> {
  const begunBy = stateFile(inputs, "begun-by", "json"), { context } = inputs;
  const provenance = await provenanceOf(begunBy, { commit: await commit(), libHash: await libHash() });
  const openOther = (other: RunRequest) =>
    loadedFrom(other, run, async () => (await openModel(other, context))!);
  const run: Run = { ...inputs, provenance, openOther };
  return run;
}

/** Throws `InputError` where the method cannot do that task, or not so. */
function checkRequest({ method }: RunRequest, recipe: Recipe, { task, config }: Sources): void {
  const { cannotDo, check } = entryOf(method), problem = cannotDo?.(task, recipe);
  if (problem) throw new InputError(`${method} ${problem}`);
  check?.(recipe, config);
}

async function trainAndRecord(run: Run): Promise<RunRecord> {
  const { request, context, sources, recipe } = run, entry = entryOf(request.method);
  const shared = isTrainedElsewhere(request), model = await startOf(run);
  try {
    const { stages, selection: trained } = shared ? await sharedEnd(run) : await entry.train(run, model);
    const selection = await entry.choose?.(run, model, trained) ?? trained;
    const method = entry.method(model, recipe, selection)(model.backbone);
    const { record, rows, mismatched, test } = await evaluated(run, { ...model, method, stages, selection });
    const folder = checkpointFolder(context.results, request);
    if (!shared) await saveModel(folder, sources, model.backbone.params, model.parts);
    await writeRun(context.results, {
      record,
      timing: timingOf(run, stages),
      predictions: rows,
      mismatched: mismatched ?? undefined,
      test: test ?? undefined,
      curve: curveOf(stages),
    });
    await finishStates(folder);
    return record;
  } finally {
    disposeModel(model);
  }
}

/** The end of the training that a run without one of its own reports. */
async function sharedEnd({ request, context }: Run): Promise<TrainingEnd> {
  const record = await findRecord(context.results, keyOf(trainingOf(request)));
  return { stages: {}, selection: record!.selection };
}

/** The model before its method trains it: the parent's backbone or the pre-trained one, and fresh parts. */
export async function startOf(run: Run): Promise<Model> {
  const { sources, request, context } = run, { config } = sources, parent = parentOf(request);
  if (isTrainedElsewhere(request)) {
    return await loadedFrom(parent!, run, (folder) => openParts(folder, request.method, sources, context));
  }
  const params = parent
    ? await loadedFrom(parent, run, (folder) => loadModel(folder, sources))
    : await sources.freshBackbone(request.seed);
  const shape = { config, numOutputs: numOutputs(sources.task) };
  const backbone = { ops: context.backend.ops, config, params };
  const { parts } = entryOf(request.method);
  return { backbone, parts: makeParts(parts, shape, (part) => random(request.seed, part)) };
}

/** What `load` finds of another run; that is trained first where it is missing, and again where it cannot be used. */
async function loadedFrom<T>(
  other: RunRequest,
  { context, name }: Run,
  load: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = checkpointFolder(context.results, other);
  const trained = () => runOnce(other, { ...context, fresh: false }, { withWeights: true });
  await trained();
  try {
    return await load(folder);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    context.onNote?.(
      `${name}: the weights it starts from cannot be used and are made again. ${error.message}`,
    );
    await removeModel(folder);
    await trained();
    return await load(folder);
  }
}
