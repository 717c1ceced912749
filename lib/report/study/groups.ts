/** Runs of one task, method and setting seen together: what every table and figure counts over. */
import { devRowsOf, type RunKey } from "../../runs/records/record.ts";
import type { StudyRecord, StudyTiming } from "./filling.ts";
import { inMethodOrder, inTaskOrder, showCounts } from "../style.ts";
import { mean } from "../statistics.ts";

/** The seeds of one task, method and setting. */
export interface RunGroup {
  task: string;
  method: string;
  setting: string;
  /** In the order of their seeds. */
  records: StudyRecord[];
  /** Of those runs that have one. */
  timings: StudyTiming[];
}

/** The groups of a profile, by task, then method, then setting, in the order of Table 1. */
export function groupRuns(
  records: readonly StudyRecord[],
  timings: readonly StudyTiming[],
  profile: string,
): RunGroup[] {
  const groups = new Map<string, RunGroup>();
  for (const record of records.filter((record) => record.profile === profile)) {
    const { task, method, setting } = record;
    const name = groupName(record);
    if (!groups.has(name)) groups.set(name, { task, method, setting, records: [], timings: [] });
    groups.get(name)!.records.push(record);
  }
  for (const timing of timings.filter((timing) => timing.profile === profile)) {
    groups.get(groupName(timing))?.timings.push(timing);
  }
  for (const group of groups.values()) {
    group.records.sort((a, b) => a.seed - b.seed);
    group.timings.sort((a, b) => a.seed - b.seed);
  }
  return inTableOrder([...groups.values()]);
}

function groupName({ task, method, setting }: Pick<RunKey, "task" | "method" | "setting">): string {
  return JSON.stringify([task, method, setting]);
}

function inTableOrder(groups: RunGroup[]): RunGroup[] {
  const tasks = inTaskOrder(groups.map((group) => group.task));
  const methods = inMethodOrder(groups.map((group) => group.method));
  return groups.sort((a, b) =>
    tasks.indexOf(a.task) - tasks.indexOf(b.task) ||
    methods.indexOf(a.method) - methods.indexOf(b.method) ||
    (a.setting < b.setting ? -1 : 1)
  );
}

/** A method under one setting. */
export interface MethodSetting {
  method: string;
  setting: string;
}

/** Every method and setting that some group has, in the order of Table 1. */
export function methodsOf(groups: readonly RunGroup[]): MethodSetting[] {
  return inMethodOrder(groups.map((group) => group.method)).flatMap((method) => {
    const settings = groups.filter((group) => group.method === method).map((group) => group.setting);
    return [...new Set(settings)].sort().map((setting) => ({ method, setting }));
  });
}

/** The group of a task, method and setting, if there is one. */
export function findGroup(groups: readonly RunGroup[], task: string, method: string, setting = "") {
  return groups.find((group) => group.task === task && group.method === method && group.setting === setting);
}

/** The runs' scores, by seed. */
export function scoresOf(group: RunGroup): number[] {
  return group.records.map((record) => record.metrics.score);
}

/** Measured speed-ups over the full model, of those runs whose latency was measured. */
export function speedupsOf(group: RunGroup): number[] {
  return group.timings.flatMap((timing) => timing.latency ? [timing.latency.speedup] : []);
}

/** How many dev rows were timed for a latency, over the timed runs of `groups`, for captions. */
export function timedRows(groups: readonly RunGroup[]): string {
  return showCounts(
    groups.flatMap(({ timings }) => timings.flatMap(({ latency }) => latency ? [latency.n] : [])),
  );
}

/** Mean latency as a share of the full model's, of those runs that were timed; NaN of none. */
export function latencyShareOf(group: RunGroup): number {
  return mean(speedupsOf(group).map((speedup) => 1 / speedup));
}

/** Mean number of layers an example executes, over seeds. */
export function layersOf(group: RunGroup): number {
  return mean(group.records.map((record) => record.path.meanExecutedLayers));
}

/** ` (2 over)`: seeds that ended with more layers than their target rate allows; nothing where none did. */
export function overTarget({ records }: Pick<RunGroup, "records">): string {
  const over = records.filter(({ selection }) => selection.onTarget === false).length;
  return over > 0 ? ` (${over} over)` : "";
}

/** What that means, for captions of tables with such cells. */
export const overTargetNote =
  "(n over): in n seeds no evaluation came down to the target rate, so the last step was kept (`onTarget` in the record).";

/** The records of `group` that `other` has one of the same seed as, each beside that one. */
export function sameSeeds(
  group: Pick<RunGroup, "records"> | undefined,
  other: Pick<RunGroup, "records"> | undefined,
): [own: StudyRecord, other: StudyRecord][] {
  return (group?.records ?? []).flatMap((own) => {
    const same = other?.records.find(({ seed }) => seed === own.seed);
    return same ? [[own, same]] : [];
  });
}

/** For each seed that every group has with a number: the mean over the groups. */
export function meansOverTasks(
  groups: readonly RunGroup[],
  numberOf: (record: StudyRecord) => number | undefined,
): number[] {
  const seeds = groups[0]?.records.map(({ seed }) => seed) ?? [];
  const numbers = seeds.map((seed) =>
    groups.flatMap(({ records }) => {
      const record = records.find((record) => record.seed === seed);
      return (record && numberOf(record)) ?? [];
    })
  );
  return numbers.filter((found) => found.length === groups.length).map(mean);
}

/** Share of the floating-point operations saved, over seeds. */
export function flopsSaved(group: RunGroup): number {
  return mean(group.records.map(({ flops }) => 1 - flops.meanPerExample / flops.fullPerExample));
}

/** The sentence every caption ends with: profile, seeds, dev rows per task and seed, backbone; smoke says that it proves nothing but itself. */
export function provenanceNote(profile: string, groups: readonly RunGroup[]): string {
  return provenance(profile, groups) + smokeNote(profile);
}

/** The same without a word on what a smoke result is worth. */
export function provenance(profile: string, groups: readonly RunGroup[]): string {
  const seeds = showCounts(groups.map((group) => group.records.length));
  const backbones = [
    ...new Set(
      groups.flatMap((group) =>
        group.records.map((record) => `${record.weights.name} (${record.path.numLayers} layers)`)
      ),
    ),
  ].sort();
  const rows = groups.flatMap((group) => group.records.flatMap(devRowsOf));
  const parts = [
    `Profile ${profile}, ${seeds} ${seeds === "1" ? "seed" : "seeds"}` +
    (rows.length > 0 ? `, n = ${showCounts(rows)} dev rows` : ""),
    ...backbones.length > 0 ? [`backbone ${backbones.join(", ")}`] : [],
  ];
  return parts.join("; ") + ".";
}

/** A smoke table or figure can never pass for a result. */
export function smokeNote(profile: string): string {
  return profile === "smoke" ? " smoke: a test of the machinery, never a result." : "";
}

/** Stands above micro-GLUE's scores wherever the paper's are beside them: the tasks share names, not rows. */
export function otherRowsNote(profile: string): string {
  return profile === "micro"
    ? " The paper's numbers are of real GLUE, ours of generated tasks of those names."
    : "";
}
