/**
 * What was not run here. Where own results have no run of a task, method and setting, the committed reference fills that
 * cell; such runs know where they come from, and every number made of them is marked (`marks.ts`).
 */
import type { RunKey, RunRecord, TimingRecord } from "../../runs/records/record.ts";

/** Set on what was read from the committed reference because there was nothing here. */
interface Origin {
  origin?: "reference";
}

/** A record in a study. */
export type StudyRecord = RunRecord & Origin;

/** A timing in a study. */
export type StudyTiming = TimingRecord & Origin;

/** Runs of one profile. */
export interface Runs {
  records: readonly StudyRecord[];
  timings: readonly StudyTiming[];
}

/**
 * `own` and, for every cell (task, method, setting) that it has no seed of, the runs of `reference`: a cell is all of the
 * one or all of the other, so that no mean over seeds mixes them. The reference counts where it was made from the same
 * BERT, and on tasks that were run here from the same data.
 */
export function filledFrom(reference: Runs, own: Runs): Runs {
  const here = new Set(own.records.map(cellOf));
  const records = reference.records.filter((record) =>
    !here.has(cellOf(record)) && isComparable(record, own.records)
  );
  const taken = new Set(records.map(cellOf));
  return {
    records: [...own.records, ...records.map(ofReference)],
    timings: [
      ...own.timings.filter((timing) => here.has(cellOf(timing))),
      ...reference.timings.filter((timing) => taken.has(cellOf(timing))).map(ofReference),
    ],
  };
}

const cellOf = ({ profile, task, method, setting }: RunKey) =>
  JSON.stringify([profile, task, method, setting]);

const ofReference = <T extends object>(run: T): T & Origin => ({ ...run, origin: "reference" });

function isComparable(record: RunRecord, own: readonly RunRecord[]): boolean {
  const hasSameBert = (other: RunRecord) => other.weights.sha256 === record.weights.sha256;
  const onTask = own.filter(({ task }) => task === record.task);
  return own.some(hasSameBert) &&
    onTask.every((other) => hasSameBert(other) && dataOf(other) === dataOf(record));
}

/** Sums of the files, which a parsed record has in the order of their names. */
const dataOf = ({ data }: RunRecord) => JSON.stringify(data.sha256);

/** The root of the results that a run lies in: `reference` where it was filled, else `results`. */
export const rootOf = ({ origin }: Origin, results: string, reference: string): string =>
  origin === "reference" ? reference : results;
