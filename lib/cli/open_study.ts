/** How a results notebook opens: the runs that are there, or trained now where none are, and what they are made into. */
import { type Config, readConfig } from "../config.ts";
import { runsProgress } from "../notebook/mod.ts";
import { placesFrom, readStudy, recordsOf, runsTable, type Study, timingsOf } from "../report/mod.ts";
import { rootOf, type StudyRecord } from "../report/study/filling.ts";
import { committedResults, ensureRuns, referenceProfile } from "../runs/ensure.ts";
import { gridOf } from "../runs/grid/profiles.ts";
import { backendFor } from "./backend.ts";

/** What the cells of a results notebook use. */
export interface OpenStudy {
  study: Study;
  records: Study["groups"][number]["records"];
  timings: Study["groups"][number]["timings"];
  /** Where the leads of tables start, seen from the notebook. */
  places: { profile: string; project: string };
  /** Root of the results that a run lies in. */
  rootOf(run: StudyRecord): string;
}

/**
 * The study of the runs that `DPB_PROFILE`, `DPB_TASKS`, `DPB_SEEDS` and `DPB_RESULTS` name, what they lack filled from the
 * reference results and marked; without any of them of the reference results, or, where there are none, of the default
 * profile's runs, which are trained. Shows which runs they are, in place of the progress of training. Throws as
 * `ensureRuns`.
 */
export async function openStudy(env: Record<string, string> = Deno.env.toObject()): Promise<OpenStudy> {
  const config: Config = readConfig(env, await referenceProfile()),
    { profile } = config,
    grid = gridOf(config);
  const openBackend = () => backendFor(config, { profile, task: grid.tasks[0], method: null });
  const progress = runsProgress();
  const { resultsDir } = await ensureRuns(grid, { config, openBackend, ...progress });
  const study = await readStudy(resultsDir, profile, committedResults);
  const places = placesFrom(Deno.cwd(), { profile: `${resultsDir}/${profile}`, project: ".." });
  await progress.finish({ ...runsTable(recordsOf(study), profile), places });
  return {
    study,
    records: recordsOf(study),
    timings: timingsOf(study),
    places,
    rootOf: (run) => rootOf(run, resultsDir, committedResults),
  };
}
