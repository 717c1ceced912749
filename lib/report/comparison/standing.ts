/** One row per system: of all settings on a method's curve the one that stands beside DPBERT's. */
import type { GradedRun } from "../../runs/records/graded.ts";
import type { MethodRequest } from "../../runs/grid/grid.ts";
import type { RunRecord } from "../../runs/records/record.ts";
import { settingSlug } from "../../runs/records/store.ts";
import { familiesOf, type Family, familyOf, isOfSystem, layerCost } from "./families.ts";
import { findGroup, type RunGroup } from "../study/groups.ts";
import { comingMethods } from "../study/missing.ts";
import { mean } from "../statistics.ts";
import type { Study } from "../study/study.ts";
import { inMethodOrder } from "../style.ts";

/** A system with the setting that stands for it; null while there is no run of it. */
export interface Standing {
  family: Family;
  setting: string | null;
}

/** The sentence that says which settings were chosen. */
export const standingNote = "Of every system the setting whose mean layers are nearest to DPBERT's.";

/**
 * The systems of a study in the order of Table 1: those that have runs, and without a setting those that are wanted or
 * coming. DPBERT stands under `study.setting`; of every other family stands the setting whose share of executed layers,
 * over its tasks, lies nearest to DPBERT's on the same tasks (without DPBERT: to one half).
 */
export function standingSystems({ groups, wanted, setting }: Study): Standing[] {
  const compared = groups.filter(({ records: [record] }) => isOfSystem(record));
  const found = familiesOf(compared).map((family): Standing => ({
    family,
    setting: family.method === "dpbert" ? setting : nearestSetting(compared, family, setting),
  }));
  const missing = [...wanted.filter(isPlain).map(({ method }) => method), ...comingMethods]
    .filter((method) => !found.some(({ family }) => family.method === method));
  const all = [
    ...found,
    ...[...new Set(missing)].map((method) => ({ family: { method, setting: "" }, setting: null })),
  ];
  return inMethodOrder(all.map(({ family }) => family.method)).flatMap((method) =>
    all.filter(({ family }) => family.method === method)
      .sort((a, b) => a.family.setting < b.family.setting ? -1 : 1)
  );
}

const isPlain = ({ settings = {} }: MethodRequest) =>
  isOfSystem({ setting: settingSlug(settings), recipe: settings });

function nearestSetting(groups: readonly RunGroup[], family: Family, dpbert: string): string {
  const own = groups.filter(({ records: [record] }) => {
    const { method, setting } = familyOf(record);
    return method === family.method && setting === family.setting;
  });
  const distance = (setting: string) =>
    Math.abs(mean(
      own.filter((group) => group.setting === setting).map((group) => {
        const beside = findGroup(groups, group.task, "dpbert", dpbert);
        return layerCost(group) - (beside ? layerCost(beside) : 0.5);
      }),
    ));
  const settings = [...new Set(own.map(({ setting }) => setting))].sort();
  return settings.reduce((best, one) => distance(one) < distance(best) ? one : best);
}

/** The groups of the systems that stand, for tables that show one row of each. */
export function standingGroups(study: Study): RunGroup[] {
  const standing = standingSystems(study);
  return study.groups.filter(({ method, setting }) =>
    standing.some((system) => system.family.method === method && system.setting === setting)
  );
}

/** Their records. */
export const standingRecords = (study: Study): RunRecord[] =>
  standingGroups(study).flatMap(({ records }) => records);

/** The runs of known difficulty whose levels are shown: of the systems that stand, and of DPBERT's whole curve. */
export function gradedShown(study: Study): GradedRun[] {
  const standing = standingRecords(study);
  return study.graded.filter(({ record }) =>
    standing.includes(record) || (record.method === "dpbert" && isOfSystem(record))
  );
}
