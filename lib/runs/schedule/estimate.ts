/** How long a grid takes, from the first steps of its kinds of training and the size of its tasks. */
import { type PerStage, stepRowsOf, stepsOf } from "./first_steps.ts";
import { keyOf, type RunRequest } from "../grid/grid.ts";
import { neededBy, parentOf, recipeOf, trainingOf } from "../methods/mod.ts";
import { mean } from "../../mean.ts";

/** What a task's rows come to. */
export interface TaskSize {
  /** Rows that are trained on, held out, and reported on. */
  train: number;
  heldOut: number;
  dev: number;
  /** Mean length of an input. */
  tokens: number;
  /** From the start of a process until it can train: its libraries, the rows. */
  startSeconds: number;
}

/** What was measured; whatever is missing is taken to be like what is there. */
export interface Measured {
  /** By task. */
  sizes: Record<string, TaskSize>;
  /** Seconds of a step for each of its rows, by `kindOf`, on inputs of `tokens`. */
  seconds: Record<string, PerStage>;
  tokens: number;
}

/** Trainings whose steps cost the same on one task: they differ in task and seed, or in what counts after training only. */
export function kindOf(request: RunRequest): string {
  const { method, settings } = trainingOf(request);
  return JSON.stringify([method, Object.entries(settings).sort(([a], [b]) => a < b ? -1 : 1)]);
}

/** Passes over dev at the end of a run with the controls that most have, and a forward pass as a share of a step. */
const devPasses = 5, forwardShare = 1 / 3;

/** Seconds of `request`, the runs that it needs apart; null where nothing was measured. */
export function secondsOf(request: RunRequest, measured: Measured): number | null {
  const size = measured.sizes[request.task] ?? meanOf(Object.values(measured.sizes));
  const perRow = measured.seconds[kindOf(request)] ?? alike(request, measured);
  if (!size || !perRow) return null;
  const steps = stepsOf(request, size.train), rows = stepRowsOf(request, size.train);
  const { stage1, stage3 } = recipeOf(request);
  const { evaluations } = parentOf(request) === null ? stage1 : stage3;
  const passes = size.heldOut * (steps.main > 0 ? evaluations : 1) + size.dev * devPasses;
  const seconds = steps.stage2 * rows.stage2 * perRow.stage2 +
    (steps.main * rows.main + passes * forwardShare) * perRow.main;
  return size.startSeconds + seconds * size.tokens / measured.tokens;
}

/** The mean of what was measured of the same method, else of all. */
function alike({ method }: RunRequest, { seconds }: Measured): PerStage | null {
  const own = Object.entries(seconds).filter(([kind]) => JSON.parse(kind)[0] === method);
  return meanOf((own.length > 0 ? own : Object.entries(seconds)).map(([, found]) => found));
}

/** The mean of records of numbers, field by field; null of none. */
function meanOf<T extends object>(records: readonly T[]): T | null {
  if (records.length === 0) return null;
  const names = Object.keys(records[0]) as (keyof T)[];
  return Object.fromEntries(
    names.map((name) => [name, mean(records.map((record) => Number(record[name])))]),
  ) as T;
}

/**
 * Seconds until all of `runs` are over, `jobs` at a time: all of their time shared out, and never less than the longest of
 * them after those it needs. Null where nothing was measured.
 */
export function secondsOfAll(runs: readonly RunRequest[], jobs: number, measured: Measured): number | null {
  const own = new Map<string, number>();
  for (const run of runs) {
    const seconds = secondsOf(run, measured);
    if (seconds === null) return null;
    own.set(nameOf(run), seconds);
  }
  const until = (run: RunRequest): number =>
    (own.get(nameOf(run)) ?? 0) + Math.max(0, ...neededBy(run).map(until));
  const total = [...own.values()].reduce((sum, seconds) => sum + seconds, 0);
  return Math.max(total / jobs, ...runs.map(until));
}

/** Seconds that a run is expected to take; null where nothing tells. */
export type Expected = (run: RunRequest) => number | null;

/** Of `runs`, each with its share of what it needs and is not among them, as `withNeeded` adds it to make `all`. */
export function secondsEach(
  runs: readonly RunRequest[],
  all: readonly RunRequest[],
  measured: Measured,
): Expected {
  const asked = new Set(runs.map(nameOf)), needs = new Map(runs.map((run) => [run, namesNeededBy(run)]));
  const shares = all.filter((run) => !asked.has(nameOf(run))).map((run) => {
    const name = nameOf(run), sharers = runs.filter((one) => needs.get(one)!.has(name));
    return {
      sharers: new Set(sharers.map(nameOf)),
      seconds: (secondsOf(run, measured) ?? 0) / sharers.length,
    };
  });
  return (run) => {
    const own = secondsOf(run, measured), name = nameOf(run);
    const shared = shares.filter(({ sharers }) => sharers.has(name));
    return own === null ? null : shared.reduce((sum, { seconds }) => sum + seconds, own);
  };
}

/** Names of what a run needs, and of what that needs. */
function namesNeededBy(run: RunRequest): Set<string> {
  return new Set(neededBy(run).flatMap((needed) => [nameOf(needed), ...namesNeededBy(needed)]));
}

const nameOf = (request: RunRequest) => JSON.stringify(keyOf(request));

/** `runs` with those that they need and that are not among them, for which `isDone` says no. */
export async function withNeeded(
  runs: readonly RunRequest[],
  isDone: (run: RunRequest) => Promise<boolean>,
): Promise<RunRequest[]> {
  const all = new Map(runs.map((run) => [nameOf(run), run]));
  for (const run of all.values()) { // those that are added are visited, too
    for (const needed of neededBy(run)) {
      if (!all.has(nameOf(needed)) && !await isDone(needed)) all.set(nameOf(needed), needed);
    }
  }
  return [...all.values()];
}

/** `about 40 seconds`, `about 17 minutes`, `about 6.5 hours`. */
export function aboutSeconds(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(10, 10 * Math.round(seconds / 10))} seconds`;
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} minutes`;
  return `about ${(seconds / 3600).toFixed(1)} hours`;
}
