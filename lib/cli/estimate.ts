/** The estimate before training starts: from a few steps of every kind made here and now, in a few seconds. */
import { InputError } from "../errors.ts";
import {
  aboutSeconds,
  type Expected,
  kindOf,
  type Measured,
  secondsEach,
  secondsOfAll,
  type TaskSize,
  withNeeded,
} from "../runs/schedule/estimate.ts";
import { finishedRuns } from "../runs/finished/finished.ts";
import type { PerStage } from "../runs/schedule/first_steps.ts";
import type { RunRequest } from "../runs/grid/grid.ts";
import { denoConfig, runCommandOf, type RunPlace } from "./run_child.ts";
import { fileURLToPath } from "node:url";

/** Nobody is kept waiting longer. */
const patienceMs = 5000;

const child = fileURLToPath(new URL("estimate_child.ts", import.meta.url));

/** What `estimate_child.ts` is asked. */
export interface Questions {
  /** One request of every kind of training. */
  kinds: RunRequest[];
  tasks: string[];
  /** An empty folder, for what stages save. */
  scratch: string;
}

/** A line of its answer. */
export type Finding = { task: string; size: TaskSize } | { kind: string; seconds: PerStage };

/**
 * Says how long `waiting` and what they need will take, `jobs` at a time; after at most a few seconds, unless stopped.
 * Returns what each of them is expected to take.
 */
export async function sayHowLong(
  waiting: readonly RunRequest[],
  { jobs, stop, say, ...place }: RunPlace & { jobs: number; stop: AbortSignal; say(line: string): void },
): Promise<Expected> {
  const { config } = place, finished = finishedRuns({ config, results: config.results });
  // A run whose files cannot be used says so itself.
  const isDone = (run: RunRequest) => finished(run).then((record) => record !== null, notDone);
  const runs = await withNeeded(waiting, isDone);
  const measured = await measureFirstSteps(runs, place, { stop });
  if (!stop.aborted) say(estimateLine(runs, jobs, measured, runs.length - waiting.length));
  return secondsEach(waiting, runs, measured);
}

function notDone(error: unknown): boolean {
  if (error instanceof InputError) return false;
  throw error;
}

/** What a process like those that train finds in `patience` milliseconds; `stop` ends it. */
export async function measureFirstSteps(
  requests: readonly RunRequest[],
  place: RunPlace,
  { stop, patience = patienceMs }: { stop: AbortSignal; patience?: number },
): Promise<Measured> {
  const { env } = runCommandOf(requests[0], place), scratch = await Deno.makeTempDir();
  const questions: Questions = {
    kinds: [...Map.groupBy(requests, kindOf).values()].map(([request]) => request),
    tasks: [...new Set(requests.map(({ task }) => task))],
    scratch,
  };
  try {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--config", denoConfig, child, JSON.stringify(questions)],
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.any([stop, AbortSignal.timeout(patience)]),
    }).output();
    return measuredFrom(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** What the lines of the child say; one that was cut off in the middle says nothing. */
export function measuredFrom(text: string): Measured {
  const lines = text.split("\n").slice(0, -1).filter((line) => line.startsWith("{"));
  const findings = lines.map((line): Finding => JSON.parse(line));
  const sizes = findings.flatMap((one) => "task" in one ? [[one.task, one.size] as const] : []);
  const seconds = findings.flatMap((one) => "kind" in one ? [[one.kind, one.seconds] as const] : []);
  return {
    sizes: Object.fromEntries(sizes),
    seconds: Object.fromEntries(seconds),
    tokens: sizes[0]?.[1].tokens ?? NaN,
  };
}

/** What is said before `runs` train, `jobs` at a time; so many of them nobody asked for, others start from them. */
export function estimateLine(
  runs: readonly RunRequest[],
  jobs: number,
  measured: Measured,
  needed = 0,
): string {
  const seconds = secondsOfAll(runs, jobs, measured), atOnce = Math.min(jobs, runs.length);
  const asked = runs.length - needed, and = needed > 0 ? ` and ${needed} that they start from` : "";
  const many = runs.length > 1 ? `, ${atOnce} at a time` : "";
  const count = `${asked} ${asked === 1 ? "run" : "runs"}${and}${many}`;
  return seconds === null
    ? `to train: ${count}; how long that takes is shown once a run has made steps`
    : `training takes ${aboutSeconds(seconds)}: ${count} (from a few steps of each kind, made here)`;
}
