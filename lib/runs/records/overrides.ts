/** The `--set` overrides that a run's name spells, read from its record alone. */
import type { RunRecord } from "./record.ts";
import { settingSlug } from "./store.ts";

/** Overrides by key, e.g. `{ targetRate: 0.6 }`. */
export type Overrides = Record<string, string | number | boolean>;

/**
 * The overrides that gave a run its name, e.g. `{ targetRate: 0.6 }` for `t0.6`: those settings of its recipe that the
 * name spells, by their own name or by `section.name`.
 */
export function overridesOf({ setting, recipe }: Pick<RunRecord, "setting" | "recipe">): Overrides {
  const spelled = ([key, value]: [string, string | number | boolean]) =>
    `-${setting}-`.includes(`-${settingSlug({ [key]: value })}-`);
  return Object.fromEntries(settingsIn(recipe).filter(spelled));
}

/** Every setting of a recipe, those of a section under both names that `--set` may know them by. */
function settingsIn(recipe: RunRecord["recipe"]): [string, string | number | boolean][] {
  const isSetting = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
  return Object.entries(recipe).flatMap(([section, value]): [string, unknown][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, one]) => [[name, one], [`${section}.${name}`, one]])
      : [[section, value]]
  ).filter(([, value]) => isSetting(value)) as [string, string | number | boolean][];
}
