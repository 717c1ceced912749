/** `--jobs`: how many runs train at once. */
import { InputError } from "../errors.ts";
import { availableMemory, physicalCores } from "../runs/records/environment.ts";
import { possibleRuns } from "../runs/methods/mod.ts";
import { jobsFor, memoryNeed } from "../runs/schedule/needs.ts";
import type { BackendName } from "../tensor/ops.ts";
import { largestTraining, type Plan } from "./grid_findings.ts";

const most = 256;

/** `"2"` -> 2, null if it is not given. Throws `InputError` for anything but a whole number from 1 to 256. */
export function parseJobs(text: string | undefined): number | null {
  if (text === undefined) return null;
  const jobs = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (jobs >= 1 && jobs <= most) return jobs;
  throw new InputError(
    `--jobs ${text}: expected how many runs to train at once, a whole number from 1 to ${most}; without it, one per core.`,
  );
}

/** What `reproduce` does where `--jobs` is not given: see `jobsFor`. Throws like `largestTraining`. */
export async function defaultJobs(plan: Plan, backend: BackendName): Promise<number> {
  return jobsFor({
    cores: physicalCores(),
    free: availableMemory(),
    need: memoryNeed(await largestTraining(plan)).total,
    runs: possibleRuns(plan.grid).length,
    usesGpu: backend === "webgpu",
  });
}
