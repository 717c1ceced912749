/** In which order runs are trained when several may train at once: which one may start next, and what a failure stops. */
import { keyOf, type RunRequest } from "../grid/grid.ts";
import { neededBy } from "../methods/mod.ts";

/**
 * How far a run is: `waiting` until it is started, `running`, then `finished` or `failed`; `orphaned`: never started,
 * because a run it needs failed.
 */
export type RunState = "waiting" | "running" | "finished" | "failed" | "orphaned";

/** A run and how far it is. */
export interface ScheduledRun {
  request: RunRequest;
  state: RunState;
}

const nameOf = (request: RunRequest) => JSON.stringify(keyOf(request));

/** Those of `runs` that must be finished before `run`: whose weights it starts from, whose model it looks at. */
export function neededIn<T extends ScheduledRun>(runs: readonly T[], { request }: ScheduledRun): T[] {
  const needed = neededBy(request).map(nameOf);
  return runs.filter((other) => needed.includes(nameOf(other.request)));
}

/**
 * The first run in the order of `runs` that may start now, else null. A run waits for those it needs, so that no two
 * processes train the same one. One that is not among `runs` is trained by whoever needs it.
 */
export function nextRun<T extends ScheduledRun>(runs: readonly T[]): T | null {
  const mayStart = (run: T) =>
    run.state === "waiting" && neededIn(runs, run).every(({ state }) => state === "finished");
  return runs.find(mayStart) ?? null;
}

/** The first waiting run that needs one which will never finish, and that one; null where there is none. */
function nextOrphan<T extends ScheduledRun>(runs: readonly T[]): { run: T; lost: T } | null {
  for (const run of runs) {
    if (run.state !== "waiting") continue;
    const lost = neededIn(runs, run).find(({ state }) => state === "failed" || state === "orphaned");
    if (lost) return { run, lost };
  }
  return null;
}

/** How a run that was started came to its end; `stopped`: at the user's wish, and it can be continued. */
export type RunEnd = "finished" | "failed" | "stopped";

/** What to do with each run. */
export interface ScheduleOptions<T> {
  /** At most so many runs train at once. */
  jobs: number;
  /** Trains a run. Never throws. */
  start(run: T): Promise<RunEnd>;
  /** Told of each run that is not started because one that it needs failed. */
  onOrphan(run: T, lost: T): void;
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
    for (let orphan; (orphan = nextOrphan(runs));) {
      orphan.run.state = "orphaned";
      onOrphan(orphan.run, orphan.lost);
    }
    for (let run; running.size < jobs && !shouldStop() && (run = nextRun(runs));) {
      const training = train(run).finally(() => running.delete(training));
      running.add(training);
    }
    if (running.size === 0) return;
    await Promise.race(running);
  }
}
