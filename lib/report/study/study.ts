/** All that the tables and figures of the paper are made of: a profile's finished runs, and what it wants to have. */
import { type GradedRun, readGraded } from "../../runs/records/graded.ts";
import type { Config } from "../../config.ts";
import type { MethodRequest } from "../../runs/grid/grid.ts";
import { gridOf } from "../../runs/grid/profiles.ts";
import type { Overrides } from "../../runs/records/overrides.ts";
import { type PredictionRow, type RunRecord, stepsIn } from "../../runs/records/record.ts";
import {
  readCurve,
  readPredictions,
  readRecords,
  readTimings,
  settingSlug,
} from "../../runs/records/store.ts";
import { readTunings, type Tuning } from "../../runs/tuning/tuning.ts";
import { filledFrom, rootOf, type Runs, type StudyRecord, type StudyTiming } from "./filling.ts";
import { groupRuns, type RunGroup } from "./groups.ts";
import { type Paper, readPaper } from "./paper.ts";
import { resolve } from "node:path";

/** See the file's first line. */
export interface Study {
  profile: string;
  /** The profile's tasks, all of them, whether they have runs or not. */
  tasks: readonly string[];
  /** What the profile runs when it runs all, on all its tasks and with these seeds. */
  wanted: readonly MethodRequest[];
  seeds: readonly number[];
  /** The overrides of the DPBERT that stands for the method, and their name. */
  standing: Overrides;
  setting: string;
  groups: RunGroup[];
  /** Dev rows of every run, with predictions and paths. */
  rows: ReadonlyMap<RunRecord, readonly PredictionRow[]>;
  /** Steps that every run trained itself, those of the run it starts from apart: as many as its curve ends with. */
  steps: ReadonlyMap<RunRecord, number>;
  /** The runs whose rows have a known difficulty; none but on the micro profile. */
  graded: readonly GradedRun[];
  /** What the search for hyper-parameters found. */
  tunings: readonly Tuning[];
  paper: Paper;
}

/**
 * The study of a profile's runs that lie in `resultsDir`; cells without any are filled from the results at `reference`
 * (`filledFrom`). Throws as `readGraded`, `readCurve` and `readTunings`.
 */
export async function readStudy(
  resultsDir: string,
  profile: string,
  reference: string | null = null,
): Promise<Study> {
  const own = await readRuns(resultsDir, profile);
  const isOwn = reference === null || resolve(reference) === resolve(resultsDir);
  const { records, timings } = isOwn ? own : filledFrom(await readRuns(reference, profile), own);
  const isFilled = ({ origin }: StudyRecord) => origin === "reference";
  const graded = [
    ...await readGraded(resultsDir, records.filter((record) => !isFilled(record))),
    ...await readGraded(reference ?? "", records.filter(isFilled)),
  ];
  const rows = new Map<RunRecord, readonly PredictionRow[]>(), steps = new Map<RunRecord, number>();
  for (const run of graded) rows.set(run.record, run.rows);
  for (const record of records) {
    const root = rootOf(record, resultsDir, reference ?? resultsDir);
    if (!rows.has(record)) rows.set(record, await readPredictions(root, record));
    steps.set(record, stepsIn(await readCurve(root, record)));
  }
  const tunings = await readTunings(resultsDir, profile);
  return studyOf(profile, { records, timings, rows, steps, graded, tunings });
}

async function readRuns(results: string, profile: string): Promise<Runs> {
  return { records: await readRecords(results, profile), timings: await readTimings(results, profile) };
}

/** The study of runs that are in memory. */
export function studyOf(
  profile: string,
  { records, timings, rows, steps, graded, tunings = [] }: Runs & Pick<Study, "rows" | "steps" | "graded"> & {
    tunings?: Study["tunings"];
  },
): Study {
  const { tasks, methods, seeds } = gridOf({
    profile: profile as Config["profile"],
    tasks: null,
    seeds: null,
  }, {
    full: true,
  });
  const standing = methods.find(({ method }) => method === "dpbert")?.settings ?? {};
  return {
    profile,
    tasks,
    wanted: methods,
    seeds,
    standing,
    setting: settingSlug(standing),
    groups: groupRuns(records, timings, profile),
    rows,
    steps,
    graded,
    tunings,
    paper: readPaper(),
  };
}

/** Every record of a study. */
export const recordsOf = ({ groups }: Study): StudyRecord[] => groups.flatMap(({ records }) => records);

/** Every timing of a study. */
export const timingsOf = ({ groups }: Study): StudyTiming[] => groups.flatMap(({ timings }) => timings);
