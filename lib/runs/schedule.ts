/** In which order runs are trained when several may train at once: which one may start next, and what a failure stops. */
import { keyOf, type RunRequest } from "./grid.ts";
import { parentOf } from "./methods/mod.ts";

/**
 * How far a run is: `waiting` until it is started, `running`, then `finished` or `failed`; `orphaned`: never started,
 * because the run it starts from failed.
 */
export type RunState = "waiting" | "running" | "finished" | "failed" | "orphaned";

/** A run and how far it is. */
export interface ScheduledRun {
  request: RunRequest;
  state: RunState;
}

const nameOf = (request: RunRequest) => JSON.stringify(keyOf(request));

/** The run of `runs` whose weights `run` starts from, if it is one of them. */
export function parentIn<T extends ScheduledRun>(
  runs: readonly T[],
  { request }: ScheduledRun,
): T | undefined {
  const parent = parentOf(request);
  return parent ? runs.find((other) => nameOf(other.request) === nameOf(parent)) : undefined;
}

/**
 * The first run in the order of `runs` that may start now, else null. A run waits for its parent, so that no two
 * processes train the same one. A parent that is not among `runs` is trained by whoever needs it.
 */
export function nextRun<T extends ScheduledRun>(runs: readonly T[]): T | null {
  const mayStart = (run: T) =>
    run.state === "waiting" && (parentIn(runs, run)?.state ?? "finished") === "finished";
  return runs.find(mayStart) ?? null;
}

/** How a run that was started came to its end; `stopped`: at the user's wish, and it can be continued. */
export type RunEnd = "finished" | "failed" | "stopped";

/** What to do with each run. */
export interface ScheduleOptions<T> {
  /** At most so many runs train at once. */
  jobs: number;
  /** Trains a run. Never throws. */
  start(run: T): Promise<RunEnd>;
  /** Told of each run that is not started because its parent failed. */
  onOrphan(run: T, parent: T): void;
  /** True: nothing more is started. */
  shouldStop(): boolean;
}

/**
 * Trains the waiting ones of `runs`, changing their states as it goes, and returns when none runs any more. One that
 * fails stops only those that start from it. A stopped one is `waiting` again.
 */
export async function trainScheduled<T extends ScheduledRun>(
  runs: readonly T[],
  { jobs, start, onOrphan, shouldStop }: ScheduleOptions<T>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const train = async (run: T) => {
    run.state = "running";
    const end = await start(run);
    run.state = end === "stopped" ? "waiting" : end;
  };
  for (;;) {
    for (const run of runs) {
      const parent = run.state === "waiting" ? parentIn(runs, run) : undefined;
      if (parent?.state !== "failed") continue;
      run.state = "orphaned";
      onOrphan(run, parent);
    }
    for (let run; running.size < jobs && !shouldStop() && (run = nextRun(runs));) {
      const training = train(run).finally(() => running.delete(training));
      running.add(training);
    }
    if (running.size === 0) return;
    await Promise.race(running);
  }
}
