/** Every method that can be run, and what follows from a method's entry. */
import { InputError } from "../../errors.ts";
import { taskById } from "../../glue/mod.ts";
import { type Grid, type RunRequest, runsOf } from "../grid/grid.ts";
import { type Recipe, recipeFor, settingKeys, settingsAt } from "../recipe.ts";
import { checkpointFolder } from "../unfinished/run.ts";
import { bertEntry } from "./bert.ts";
import { bertFirstKEntry } from "./bert_first_k.ts";
import { deebertEntry } from "./deebert.ts";
import { dpbertEntry } from "./dpbert.ts";
import { dpbertSoftEntry } from "./dpbert_soft.ts";
import type { MethodEntry } from "./entry.ts";
import { pabeeEntry } from "./pabee.ts";
import { staticSubsetEntry } from "./static_subset.ts";

export { type MethodEntry, type OnPaths, type Selection, type Stages, type TrainingEnd } from "./entry.ts";
export { stage1Of } from "./stage1.ts";

/** All methods. */
export const methodEntries: readonly MethodEntry[] = [
  bertEntry,
  bertFirstKEntry,
  dpbertEntry,
  dpbertSoftEntry,
  deebertEntry,
  pabeeEntry,
  staticSubsetEntry,
];

/** The entry of the method called `name`. Throws `InputError` with the known names otherwise. */
export function entryOf(name: string): MethodEntry {
  const entry = methodEntries.find((entry) => entry.name === name);
  if (entry) return entry;
  const known = methodEntries.map(({ name }) => name).join(", ");
  throw new InputError(`Unknown method "${name}"; expected one of ${known}.`);
}

/**
 * The run that trains what `request` reports: itself, but for settings that count after training only. Throws
 * `InputError` for an unknown method.
 */
export function trainingOf(request: RunRequest): RunRequest {
  const after = entryOf(request.method).afterTraining ?? [];
  const settings = Object.entries(request.settings).filter(([key]) => !after.includes(key));
  return { ...request, settings: Object.fromEntries(settings) };
}

/** Whether `request` only evaluates what another run trains. */
export const isTrainedElsewhere = (request: RunRequest): boolean =>
  Object.keys(trainingOf(request).settings).length < Object.keys(request.settings).length;

/** The run whose weights `request` starts from, or null. Throws `InputError` for an unknown method or setting. */
export function parentOf(request: RunRequest): RunRequest | null {
  return isTrainedElsewhere(request) ? trainingOf(request) : entryOf(request.method).parent(request);
}

/** The runs that must be there before `request` is trained. */
export function neededBy(request: RunRequest): RunRequest[] {
  const parent = parentOf(request);
  const others = isTrainedElsewhere(request) ? [] : entryOf(request.method).others?.(request) ?? [];
  return [...parent ? [parent] : [], ...others];
}

/** The folder of the weights that a run reports. */
export const modelFolder = (results: string, request: RunRequest): string =>
  checkpointFolder(results, trainingOf(request));

/** The whole recipe of a run. Throws like `recipeFor`, also for a setting that its method has no use for. */
export function recipeOf({ profile, task, method, settings }: RunRequest): Recipe {
  return recipeFor(profile, task, method, settings, entryOf(method).uses);
}

/** The runs of `grid` that can be done, in its order: DeeBERT leaves out a regression, and its cell stays empty. */
export function possibleRuns(grid: Grid): RunRequest[] {
  return runsOf(grid).filter((request) =>
    !entryOf(request.method).cannotDo?.(taskById(request.task), recipeOf(request))
  );
}

/**
 * What the record of a run keeps and its hash covers: the settings that count, and those that were given, which are part
 * of its name.
 */
export function recordedRecipe(request: RunRequest): Partial<Recipe> {
  const { uses, usesUnder } = entryOf(request.method), recipe = recipeOf(request);
  const counting = settingKeys(usesUnder?.(recipe) ?? uses);
  const kept = [...settingKeys(uses)].filter(([key]) => counting.has(key) || key in request.settings);
  return settingsAt(recipe, kept.map(([, place]) => place));
}
