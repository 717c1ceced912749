/** Every method that can be run, and what follows from a method's entry. */
import { InputError } from "../../errors.ts";
import type { RunRequest } from "../grid.ts";
import { type Recipe, recipeFor, usedSettings } from "../recipe.ts";
import { bertEntry } from "./bert.ts";
import { bertFirstKEntry } from "./bert_first_k.ts";
import { dpbertEntry } from "./dpbert.ts";
import type { MethodEntry } from "./entry.ts";

export { type MethodEntry, type Selection, type Stages } from "./entry.ts";
export { stage1Of } from "./stage1.ts";

/** All methods. */
export const methodEntries: readonly MethodEntry[] = [bertEntry, bertFirstKEntry, dpbertEntry];

/** The entry of the method called `name`. Throws `InputError` with the known names otherwise. */
export function entryOf(name: string): MethodEntry {
  const entry = methodEntries.find((entry) => entry.name === name);
  if (entry) return entry;
  const known = methodEntries.map(({ name }) => name).join(", ");
  throw new InputError(`Unknown method "${name}"; expected one of ${known}.`);
}

/** The run whose weights `request` starts from, or null. Throws `InputError` for an unknown method or setting. */
export const parentOf = (request: RunRequest): RunRequest | null => entryOf(request.method).parent(request);

/** The whole recipe of a run. Throws like `recipeFor`, also for a setting that its method has no use for. */
export function recipeOf({ profile, task, method, settings }: RunRequest): Recipe {
  return recipeFor(profile, task, settings, entryOf(method).uses);
}

/** The settings that `method` depends on: what its record keeps and its hash covers. */
export function recordedRecipe(method: string, recipe: Recipe): Partial<Recipe> {
  const { uses, usesUnder } = entryOf(method);
  return usedSettings(recipe, usesUnder?.(recipe) ?? uses);
}
