/** From a number to the files it was computed from: the leads of a group's row, and the sources of a figure. */
import { runPaths } from "../../runs/records/store.ts";
import type { StudyRecord, StudyTiming } from "./filling.ts";
import type { RunGroup } from "./groups.ts";
import type { Lead } from "../value.ts";

/** What a group's numbers come from: each seed a link to its record; timings are named. */
export function leadsOf({ records, timings }: RunGroup): Lead[] {
  return [
    ...records.map((record) => ({
      ...leadTo(record, runPaths("", record).record),
      shown: { column: "Seeds", text: `${record.seed}` },
    })),
    ...timings.map((timing) => leadTo(timing, runPaths("", timing).timing)),
  ];
}

/** `path` starts with the folder of the run's profile. */
function leadTo({ profile, origin }: StudyRecord | StudyTiming, path: string): Lead {
  const slashed = path.replaceAll("\\", "/");
  return origin === "reference"
    ? { path: `results/${slashed}`, from: origin }
    : { path: slashed.slice(profile.length + 1) };
}

/** The same files without links, for numbers made of so many runs that links would bury them. */
export function silentLeads(groups: readonly RunGroup[]): Lead[] {
  return groups.flatMap(leadsOf).map(({ shown: _, ...lead }) => lead);
}

/** The curves of runs, where their steps are read. */
export const curveLeads = (records: readonly StudyRecord[]): Lead[] =>
  records.map((record) => leadTo(record, runPaths("", record).curve));

/** The files of `groups`, for figures. */
export function sourcesOf(groups: readonly RunGroup[]): string[] {
  return silentLeads(groups).map(({ path }) => path);
}

/** Stands above a table whose seeds are links. */
export const seedsNote = "Seeds lead to records; timings, predictions and curves have the same names.";

/** Columns with numbers of the paper lead to the file where they are typed, measured ones to the timings, steps to the curves. */
export function headLeads(columns: { paper?: string; measured?: string[]; steps?: string }): Lead[] {
  const { paper, measured = [], steps } = columns;
  const shownIn = (column: string) => ({ shown: { column, text: column } });
  return [
    ...paper ? [{ path: "data/paper/table1.tsv", from: "project" as const, ...shownIn(paper) }] : [],
    ...measured.map((column) => ({ path: "timings", ...shownIn(column) })),
    ...steps ? [{ path: "curves", ...shownIn(steps) }] : [],
  ];
}
