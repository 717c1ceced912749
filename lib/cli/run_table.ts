/** The runs that train at this moment, as lines: one for each, and one for all. */
import type { Expected } from "../runs/schedule/estimate.ts";
import { keyOf, type RunRequest } from "../runs/grid/grid.ts";
import type { ScheduledRun } from "../runs/schedule/schedule.ts";
import { runName } from "../runs/records/store.ts";
import { clock, progressLine, type progressPrinter, stepClock, type StepProgress } from "./progress.ts";
import { mean } from "../mean.ts";

/** A run with what is known of its time, all in milliseconds of one clock. */
export interface TimedRun extends ScheduledRun {
  startedAt: number | null;
  /** Of training in this session; null while it lasts, and of what was finished before. */
  tookMs: number | null;
  /** Where it is and how long the rest of its stage takes at least; null before its first step. */
  stage: { progress: StepProgress; secondsPerStep: number | null } | null;
  /** Whether its first step here was a stage's first: before that, at most a planner's short stage 2 was trained. */
  fromStart: boolean;
  /** What was estimated before the start; null where nothing was. */
  expectedMs: number | null;
}

const isOver = ({ state }: ScheduledRun) => state !== "waiting" && state !== "running";

/** Milliseconds that the rest of the stage takes; 0 where nothing is known. */
function stageLeft({ stage }: TimedRun): number {
  if (!stage) return 0;
  const { progress: { step, steps }, secondsPerStep } = stage;
  return (steps - step) * (secondsPerStep ?? 0) * 1000;
}

/** A run that tells how long others take: how long it took, or will take at least. */
type Told = Pick<TimedRun, "request"> & { ms: number };

function knownTimes(runs: readonly TimedRun[], now: number): Told[] {
  const over = runs.filter(({ tookMs }) => tookMs !== null);
  if (over.length > 0) return over.map((run) => ({ ...run, ms: run.tookMs! }));
  return runs.filter(({ state, stage }) => state === "running" && stage?.secondsPerStep)
    .map((run) => ({ ...run, ms: now - run.startedAt! + stageLeft(run) }));
}

/** How much longer runs took than was estimated, of those trained from start to end in this session; 1 while none is. */
function paceOf(runs: readonly TimedRun[]): number {
  const whole = runs.filter((run) => run.fromStart && run.tookMs !== null && run.expectedMs !== null);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return whole.length > 0
    ? sum(whole.map(({ tookMs }) => tookMs!)) / sum(whole.map(({ expectedMs }) => expectedMs!))
    : 1;
}

/** As long as those of the same task and method took, else of the same method, else any; null while none tells. */
function likeOthers({ task, method }: RunRequest, known: readonly Told[]): number | null {
  const sameMethod = known.filter(({ request }) => request.method === method);
  const same = sameMethod.filter(({ request }) => request.task === task);
  const alike = [same, sameMethod, known].find((times) => times.length > 0);
  return alike ? mean(alike.map(({ ms }) => ms)) : null;
}

/**
 * Seconds until every run is over, `jobs` at once; null while nothing tells. A run is expected to take what was
 * estimated, at the pace of those that are over; without an estimate as long as others.
 */
export function secondsLeft(runs: readonly TimedRun[], jobs: number, now: number): number | null {
  const known = knownTimes(runs, now), pace = paceOf(runs);
  const left = runs.filter((run) => !isOver(run)).map((run) => {
    const expected = run.expectedMs === null ? likeOthers(run.request, known) : pace * run.expectedMs;
    if (expected === null || run.startedAt === null) return expected;
    return Math.max(expected - (now - run.startedAt), stageLeft(run));
  });
  if (!left.every((ms) => ms !== null)) return null;
  const total = left.reduce((sum, ms) => sum + ms, 0);
  return Math.max(0, ...left, total / jobs) / 1000;
}

/** `mrpc dpbert-t0.6-s0`: a run in a line. */
function shortName(request: RunRequest): string {
  const { task, method, setting, seed } = keyOf(request);
  return `${task} ${runName(method, setting, seed)}`;
}

/** A line for each running run and one for all of them. */
export function tableLines(runs: readonly TimedRun[], jobs: number, now: number): string[] {
  const running = runs.filter(({ state }) => state === "running");
  const width = Math.max(0, ...running.map(({ request }) => shortName(request).length));
  const lines = running.map(({ request, stage }) => {
    const name = shortName(request).padEnd(width);
    return stage ? progressLine(name, stage.progress, stage.secondsPerStep) : `${name}  starting`;
  });
  const left = secondsLeft(runs, jobs, now);
  const done = `${runs.filter(isOver).length} of ${runs.length} runs done, ${running.length} running`;
  return [...lines, `${done}, ${left === null ? "?" : clock(left)} left`];
}

/** Shows `runs` through `printer` while they train. Their states are changed by whoever trains them. */
export function runTable(
  requests: readonly RunRequest[],
  jobs: number,
  printer: ReturnType<typeof progressPrinter>,
  now: () => number,
) {
  const runs = requests.map((request): TimedRun => ({
    request,
    state: "waiting",
    startedAt: null,
    tookMs: null,
    stage: null,
    fromStart: false,
    expectedMs: null,
  }));
  const clocks = new Map<TimedRun, ReturnType<typeof stepClock>>();
  const lines = () => tableLines(runs, jobs, now());
  return {
    runs,
    /** What the runs that wait are expected to take. */
    expect(expected: Expected): void {
      for (const run of runs) {
        const seconds = run.state === "waiting" ? expected(run.request) : null;
        run.expectedMs = seconds === null ? null : 1000 * seconds;
      }
    },
    started(run: TimedRun): void {
      run.state = "running";
      run.startedAt = now();
      clocks.set(run, stepClock(now));
      printer.live(...lines());
    },
    step(run: TimedRun, progress: StepProgress): void {
      if (!run.stage) run.fromStart = progress.step === 1;
      run.stage = { progress, secondsPerStep: clocks.get(run)!(progress) };
      printer.table(lines);
    },
    /** It came to its end; what failed tells nothing about the others. */
    finished(run: TimedRun): void {
      run.tookMs = now() - run.startedAt!;
    },
    stopped(run: TimedRun): void {
      [run.state, run.startedAt, run.stage] = ["waiting", null, null];
    },
    note(text: string): void {
      printer.note(text);
      if (runs.some(({ state }) => state === "running")) printer.live(...lines());
    },
  };
}
