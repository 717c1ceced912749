/** What the runs took on the machine that made them: minutes and memory, from their timings. */
import type { RunRecord, TimingRecord } from "../../runs/records/record.ts";
import type { StudyRecord } from "../study/filling.ts";
import { findGroup, groupRuns, methodsOf, provenanceNote, type RunGroup } from "../study/groups.ts";
import { headLeads, leadsOf, seedsNote, silentLeads } from "../study/leads.ts";
import { lineageOf } from "../study/steps.ts";
import { methodLabel, noValue, showCounts, showRange, taskLabel } from "../style.ts";
import type { Lead, Table } from "../value.ts";

const columns = ["Task", "Method", "Seeds", "Minutes", "With its parents (minutes)", "Peak memory (MB)"];

/**
 * One row per task, method and setting, smallest to largest seed: minutes of training, the same with the runs it goes
 * back to (all stages), and memory. Methods on several tasks get a row over all of them.
 */
export function costTable(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  profile: string,
): Table {
  const groups = groupRuns(records, timings, profile);
  const single = groups.map((group) => ({
    cells: [taskLabel(group.task), ...costCells([group], groups)],
    leads: [...leadsOf(group), ...silentLeads(ancestorGroups(group, groups))],
  }));
  const rows = [...single, ...methodsOf(groups).flatMap((method) => wholeRow(groups, method))];
  return {
    name: "cost",
    caption:
      "What the runs took, smallest to largest seed. Minutes: training, without reading data and scoring; with its " +
      `parents: with all runs that it goes back to. ${machineNote(groups)} ${
        provenanceNote(profile, groups)
      }`,
    columns,
    rows: rows.map(({ cells }) => cells),
    align: columns.map((_, column) => column < 2 ? "left" : "right"),
    leads: {
      note: seedsNote,
      head: headLeads({ measured: columns.slice(3) }),
      rows: rows.map(({ leads }) => leads),
    },
  };
}

function wholeRow(
  all: readonly RunGroup[],
  { method, setting }: { method: string; setting: string },
): { cells: string[]; leads: Lead[] }[] {
  const groups = all.filter((group) => group.method === method && group.setting === setting);
  if (groups.length < 2) return [];
  const ancestors = groups.flatMap((group) => ancestorGroups(group, all));
  return [{ cells: ["Any task", ...costCells(groups, all)], leads: silentLeads([...groups, ...ancestors]) }];
}

/** Method, seeds, minutes, minutes with the parents, memory. */
function costCells(groups: readonly RunGroup[], all: readonly RunGroup[]): string[] {
  const [{ method, setting }] = groups;
  const timings = groups.flatMap((group) => group.timings);
  const whole = groups.flatMap((group) => wholeMinutes(group, all));
  return [
    methodLabel(method, setting),
    showCounts(groups.map(({ records }) => records.length)),
    showRange(timings.map((timing) => secondsOf(timing) / 60), 1),
    showRange(whole, 1),
    showRange(timings.flatMap(({ peakMemoryMb }) => peakMemoryMb ?? []), 0),
  ];
}

/** Seconds that a run trained. */
export const secondsOf = ({ seconds }: TimingRecord): number =>
  Object.values(seconds).reduce((sum, one) => sum + one, 0);

/** Minutes of a group's runs, each with those that it goes back to (among `all`): all stages. Untimed ones are left out. */
export function wholeMinutes({ records }: Pick<RunGroup, "records">, all: readonly RunGroup[]): number[] {
  return records.flatMap((record) => wholeSeconds(record, all)).map((seconds) => seconds / 60);
}

/** Seconds of a run and of those that it goes back to; nothing where one of them was not timed. */
function wholeSeconds(record: StudyRecord, all: readonly RunGroup[]): number[] {
  const lineage = lineageOf(all, record) ?? [], timed = lineage.flatMap((run) => timingOf(run, all) ?? []);
  const known = lineage.length > 0 && timed.length === lineage.length;
  return known ? [timed.reduce((sum, timing) => sum + secondsOf(timing), 0)] : [];
}

function timingOf({ task, method, setting, seed }: StudyRecord, all: readonly RunGroup[]) {
  return findGroup(all, task, method, setting)?.timings.find((timing) => timing.seed === seed);
}

function ancestorGroups(group: RunGroup, all: readonly RunGroup[]): RunGroup[] {
  const ancestors = group.records.flatMap((record) => lineageOf(all, record)?.slice(1) ?? []);
  return all.filter(({ records }) => records.some((record) => ancestors.includes(record)));
}

function machineNote(groups: readonly RunGroup[]): string {
  const timings = groups.flatMap((group) => group.timings);
  const machines = new Set(timings.map(({ machine: { cpu, cores, os } }) => `${cpu}, ${cores} cores, ${os}`));
  const loads = timings.flatMap(({ load }) => load ?? []);
  return `Machine: ${[...machines].sort().join("; ") || noValue}; load average at the end ${
    showRange(loads, 1)
  }.`;
}
