/**
 * The runs a results notebook is made of: those on disk, or, where some are missing, trained now. A notebook whose
 * runs have records needs neither GLUE's files nor weights nor a backend.
 */
import type { Config, Profile } from "../config.ts";
import type { Backend } from "../tensor/mod.ts";
import { writeAtomic } from "../files/atomic.ts";
import { Stopped } from "../train/mod.ts";
import { type Grid, missingRuns } from "./grid/grid.ts";
import { possibleRuns } from "./methods/mod.ts";
import type { RunRecord, TimingRecord } from "./records/record.ts";
import { readRecords, readTimings } from "./records/store.ts";
import type { RunContext } from "./unfinished/run.ts";
import { trainRun } from "./unit.ts";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the reference results that the project carries. */
export const committedResults = fileURLToPath(new URL("../../results", import.meta.url));

/** The profile a reader who asks for none should see: the first that has reference records, else the default. */
export async function referenceProfile(committed = committedResults): Promise<Profile> {
  for (const profile of ["micro", "glue"] as const) {
    if ((await readRecords(committed, profile)).length > 0) return profile;
  }
  return "micro";
}

/** What a results notebook reads. */
export interface EnsuredRuns {
  /** All records of the profile in `resultsDir`, also those that the grid does not name. */
  records: RunRecord[];
  timings: TimingRecord[];
  /** The folder they lie in, for `readCurve` and `readPredictions`. */
  resultsDir: string;
}

/** What training would need; nothing of it is touched when every record is there. */
export interface EnsureOptions extends Omit<RunContext, "backend" | "results" | "now" | "fresh"> {
  config: Config;
  openBackend(): Promise<Backend>;
  /** Root of the reference results; the project's `results`. */
  committed?: string;
}

/**
 * The runs of `grid`: those in `config.results`, if anything was run there (what is missing stays visibly missing, unless
 * it was this function that was stopped or killed before it had trained all: it goes on there); else the reference results, if they hold the grid or nothing particular was asked for; else the grid is trained into
 * `config.results`. Throws like `trainRun`.
 */
export async function ensureRuns(grid: Grid, options: EnsureOptions): Promise<EnsuredRuns> {
  const { config, openBackend, committed = committedResults, ...context } = options;
  const requests = possibleRuns(grid), { profile } = grid;
  const own = await readRecords(config.results, profile);
  const missing = missingRuns(requests, own), mark = unfinishedMark(config.results, profile);
  if (missing.length < requests.length) {
    if (missing.length === 0 || !await exists(mark)) return ensuredIn(config.results, profile);
  } else {
    const reference = await readRecords(committed, profile);
    const nothingAsked = config.tasks === null && config.seeds === null;
    if (missingRuns(requests, reference).length === 0 || (nothingAsked && reference.length > 0)) {
      return ensuredIn(committed, profile);
    }
  }
  const backend = await openBackend(), now = () => performance.now(), { results } = config;
  await whileMarked(mark, async () => {
    for (const request of missing) await trainRun(request, { ...context, config, backend, results, now });
  });
  return ensuredIn(results, profile);
}

/** Lies there while a grid is being trained here; not where `reproduce` failed at some runs and went on without. */
const unfinishedMark = (results: string, profile: string) =>
  join(results, profile, "checkpoints", "grid-is-unfinished");

const exists = (file: string) => Deno.stat(file).then(() => true, () => false);

/** Does `work`; afterwards `mark` is there only if it was stopped or killed, not if it failed. */
async function whileMarked(mark: string, work: () => Promise<void>): Promise<void> {
  await writeAtomic(mark, "Training the runs of a notebook goes on when its cell is run again.\n");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Stopped)) await Deno.remove(mark);
    throw error;
  }
  await Deno.remove(mark);
}

async function ensuredIn(resultsDir: string, profile: string): Promise<EnsuredRuns> {
  return {
    records: await readRecords(resultsDir, profile),
    timings: await readTimings(resultsDir, profile),
    resultsDir,
  };
}
