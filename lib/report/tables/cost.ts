/** What the runs took on the machine that made them: minutes and memory, from their timings. */
import type { RunKey, RunRecord, TimingRecord } from "../../runs/records/record.ts";
import { runName } from "../../runs/records/store.ts";
import { groupRuns, methodsOf, provenanceNote, type RunGroup } from "../study/groups.ts";
import { headLeads, leadsOf, seedsNote, silentLeads } from "../study/leads.ts";
import { methodLabel, noValue, showRange, taskLabel } from "../style.ts";
import type { Lead, Table } from "../value.ts";

const columns = ["Task", "Method", "Seeds", "Minutes", "With its parent (minutes)", "Peak memory (MB)"];

/**
 * One row per task, method and setting, smallest to largest seed: minutes of training, the same with the run it started
 * from (all stages), and memory. Methods on several tasks get a row over all of them.
 */
export function costTable(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  profile: string,
): Table {
  const groups = groupRuns(records, timings, profile);
  const single = groups.map((group) => ({
    cells: [taskLabel(group.task), ...costCells([group], groups)],
    leads: [...leadsOf(group), ...silentLeads(parentGroups(group, groups))],
  }));
  const rows = [...single, ...methodsOf(groups).flatMap((method) => wholeRow(groups, method))];
  return {
    name: "cost",
    caption:
      "What the runs took, smallest to largest seed. Minutes: training, without reading data and scoring; with its " +
      `parent: all stages. ${machineNote(groups)} ${provenanceNote(profile, groups)}`,
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
  const parents = groups.flatMap((group) => parentGroups(group, all));
  return [{ cells: ["Any task", ...costCells(groups, all)], leads: silentLeads([...groups, ...parents]) }];
}

/** Method, seeds, minutes, minutes with the parent, memory. */
function costCells(groups: readonly RunGroup[], all: readonly RunGroup[]): string[] {
  const [{ method, setting, records }] = groups;
  const timings = groups.flatMap((group) => group.timings);
  const whole = groups.flatMap((group) => wholeMinutes(group, all));
  return [
    methodLabel(method, setting),
    `${records.length}`,
    showRange(timings.map((timing) => secondsOf(timing) / 60), 1),
    showRange(whole, 1),
    showRange(timings.flatMap(({ peakMemoryMb }) => peakMemoryMb ?? []), 0),
  ];
}

/** Seconds that a run trained. */
export const secondsOf = ({ seconds }: TimingRecord): number =>
  Object.values(seconds).reduce((sum, one) => sum + one, 0);

/** Minutes of a group's runs, each with the run it started from (one of `all`): all stages. Untimed ones are left out. */
export function wholeMinutes({ records }: Pick<RunGroup, "records">, all: readonly RunGroup[]): number[] {
  return records.flatMap((record) => wholeSeconds(record, all)).map((seconds) => seconds / 60);
}

/** Seconds of a run and of the one it started from; nothing where one of them was not timed. */
function wholeSeconds(record: RunRecord, all: readonly RunGroup[]): number[] {
  const task = all.filter((group) => group.task === record.task);
  const names = [nameOf(record), ...record.parent === null ? [] : [record.parent]];
  const timed = task.flatMap(({ timings }) => timings).filter((timing) => names.includes(nameOf(timing)));
  return timed.length < names.length ? [] : [timed.reduce((sum, timing) => sum + secondsOf(timing), 0)];
}

const nameOf = ({ method, setting, seed }: RunKey) => runName(method, setting, seed);

function parentGroups(group: RunGroup, all: readonly RunGroup[]): RunGroup[] {
  const names = group.records.map(({ parent }) => parent);
  return all.filter(({ task, records }) =>
    task === group.task && records.some((record) => names.includes(nameOf(record)))
  );
}

function machineNote(groups: readonly RunGroup[]): string {
  const timings = groups.flatMap((group) => group.timings);
  const machines = new Set(timings.map(({ machine: { cpu, cores, os } }) => `${cpu}, ${cores} cores, ${os}`));
  const loads = timings.flatMap(({ load }) => load ?? []);
  return `Machine: ${[...machines].sort().join("; ") || noValue}; load average at the end ${
    showRange(loads, 1)
  }.`;
}
