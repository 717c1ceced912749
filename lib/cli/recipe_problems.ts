/** Was a record made by the recipe that its profile, task, method and overrides have today? */
import { isDeepStrictEqual } from "node:util";
import { recordedRecipe } from "../runs/methods/mod.ts";
import { overridesOf } from "../runs/records/overrides.ts";
import { type RunRecord, trainCommand } from "../runs/records/record.ts";
import { settingSlug } from "../runs/records/store.ts";

/**
 * A sentence for every setting of a record that is another one today, with both values and what to do; without any, its run
 * would be found finished. Throws `InputError` for a method or setting that there is none of today.
 */
export function recipeProblems(record: RunRecord): string[] {
  const settings = overridesOf(record), spelled = settingSlug(settings);
  const todo = `train it again (${trainCommand(record, settings)}) or set lib/runs/recipe.ts back.`;
  if (spelled !== record.setting) {
    return [`setting is ${shown(record.setting)}, its recipe spells ${shown(spelled)}; restore it from git.`];
  }
  const found = settingsIn(record.recipe), today = settingsIn(recordedRecipe({ ...record, settings }));
  const names = [...new Set([...found.keys(), ...today.keys()])].sort();
  return names.filter((name) => !isDeepStrictEqual(found.get(name), today.get(name))).map((name) =>
    `recipe.${name} is ${shown(found.get(name))}, today's recipe has ${shown(today.get(name))}; ${todo}`
  );
}

/** The values of a recipe by name, those of a section as `section.name`. */
function settingsIn(recipe: object): Map<string, unknown> {
  return new Map(
    Object.entries(recipe).flatMap(([section, value]) =>
      typeof value === "object" && value !== null
        ? Object.entries(value).map(([name, one]): [string, unknown] => [`${section}.${name}`, one])
        : [[section, value]]
    ),
  );
}

const shown = (value: unknown) => value === undefined ? "nothing" : JSON.stringify(value);
