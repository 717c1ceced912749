/** Whether a run is finished, without training: what `trainRun` decides by, and the same decision for many runs. */
import type { Config } from "../../config.ts";
import { keyOf, type RunRequest } from "../grid/grid.ts";
import { recordedRecipe } from "../methods/mod.ts";
import { recipeHash, type RunRecord } from "../records/record.ts";
import { hasStates } from "../unfinished/resume_state.ts";
import { checkpointFolder } from "../unfinished/run.ts";
import { findRecord } from "../records/store.ts";
import type { Sources } from "../sources/sources.ts";
import { openSources, readSplits, splitSums } from "../sources/task_data.ts";

/** What the record of a run must carry to count: of its recipe, its rows (their sums by file) and its weights. */
export function requestHash(
  request: RunRequest,
  sums: Record<string, string>,
  { weights }: Pick<Sources, "weights">,
): string {
  return recipeHash(recordedRecipe(request), sums, weights.sha256);
}

/**
 * A function that gives the record with which `trainRun` would answer a request without doing anything, else null. The
 * files of a task are read once for all its runs, and only when there is a record to compare with. That function
 * throws `InputError` for a broken record and for files that cannot be read.
 */
export function finishedRuns(
  { config, results }: { config: Config; results: string },
): (request: RunRequest) => Promise<RunRecord | null> {
  const read = async (profile: string, task: string) => {
    const sources = await openSources(profile, task, config);
    return { sources, sums: splitSums(await readSplits(sources)) };
  };
  const inputs = new Map<string, ReturnType<typeof read>>();
  return async (request) => {
    const { profile, task } = request, place = `${profile}/${task}`;
    if (await hasStates(checkpointFolder(results, request))) return null;
    const record = await findRecord(results, keyOf(request));
    if (!record) return null;
    if (!inputs.has(place)) inputs.set(place, read(profile, task));
    const { sources, sums } = await inputs.get(place)!;
    const hash = requestHash(request, sums, sources);
    return record.recipeHash === hash ? record : null;
  };
}
