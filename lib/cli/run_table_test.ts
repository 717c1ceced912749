import assert from "node:assert/strict";
import type { RunState } from "../runs/schedule/schedule.ts";
import { progressPrinter } from "./progress.ts";
import { runTable, secondsLeft, tableLines, type TimedRun } from "./run_table.ts";

const now = 100_000;

/** A run of the method; `seconds` is how long it took, or has been running. */
function timed(task: string, method: string, state: RunState, seconds: number | null = null): TimedRun {
  return {
    request: { profile: "glue", task, method, settings: {}, seed: 0 },
    state,
    startedAt: state === "running" ? now - seconds! * 1000 : null,
    tookMs: state === "finished" && seconds !== null ? seconds * 1000 : null,
    stage: null,
    fromStart: true,
    expectedMs: null,
  };
}

/** `run` in its stage 1, at half of 100 steps. */
const halfway = (run: TimedRun, secondsPerStep: number | null): TimedRun => ({
  ...run,
  stage: {
    progress: { stage: "stage 1", step: 50, steps: 100, loss: 0.5, examplesPerSecond: 25.5 },
    secondsPerStep,
  },
});

Deno.test("secondsLeft knows nothing before the first run tells, then goes by it", () => {
  const waiting = [timed("rte", "bert", "running", 3), timed("rte", "dpbert", "waiting")];
  assert.equal(secondsLeft(waiting, 1, now), null);
  // 10 s have passed, 50 steps of 0.5 s are to come: 25 s, and 35 s for the one that waits.
  assert.equal(secondsLeft([halfway(timed("rte", "bert", "running", 10), 0.5), waiting[1]], 1, now), 60);
});

Deno.test("secondsLeft expects what the same task and method took, else the same method, else any", () => {
  const over = [
    timed("rte", "bert", "finished", 10),
    timed("cola", "bert", "finished", 30),
    timed("rte", "dpbert", "finished", 100),
  ];
  const left = (...runs: TimedRun[]) => secondsLeft([...over, ...runs], 1, now);
  assert.equal(left(timed("rte", "bert", "waiting")), 10);
  assert.equal(left(timed("mrpc", "bert", "waiting")), 20);
  assert.equal(left(timed("mrpc", "soft", "waiting")), 140 / 3);
  assert.equal(left(timed("rte", "bert", "running", 4)), 6);
  assert.equal(left(timed("rte", "bert", "running", 12)), 0);
  assert.equal(left(halfway(timed("rte", "bert", "running", 12), 0.5)), 25); // its own pace says more
  assert.equal(left(), 0);
});

const estimated = (run: TimedRun, seconds: number) => ({ ...run, expectedMs: 1000 * seconds });

Deno.test("secondsLeft goes by the estimate: 100 s before anything tells, and at half that pace 200 s", () => {
  const waiting = estimated(timed("rte", "dpbert", "waiting"), 100);
  assert.equal(secondsLeft([waiting], 1, now), 100);
  const over = estimated(timed("rte", "bert", "finished", 40), 20);
  assert.equal(secondsLeft([over, waiting], 1, now), 200);
  assert.equal(secondsLeft([over, estimated(timed("rte", "dpbert", "running", 30), 100)], 1, now), 170);
});

Deno.test("secondsLeft takes the estimates as they are while none of their runs is over: 90 s and 100 s", () => {
  // This stage takes 35 s in all, the run more than that.
  const running = estimated(halfway(timed("rte", "dpbert", "running", 10), 0.5), 100);
  assert.equal(secondsLeft([running, estimated(timed("cola", "dpbert", "waiting"), 100)], 1, now), 190);
});

Deno.test("secondsLeft does not take the rest of a run begun earlier for the pace: 100 s, and 200 s by a whole one", () => {
  const waiting = estimated(timed("rte", "dpbert", "waiting"), 100);
  const resumed = { ...estimated(timed("cola", "bert", "finished", 2), 20), fromStart: false };
  assert.equal(secondsLeft([resumed, waiting], 1, now), 100);
  const whole = estimated(timed("rte", "bert", "finished", 40), 20);
  assert.equal(secondsLeft([resumed, whole, waiting], 1, now), 200);
});

Deno.test("a run is from the start whose first step here is step 1, whatever comes after", () => {
  const printer = { ...progressPrinter(), live: () => {}, table: () => {} };
  const { runs: [run], ...table } = runTable(
    [timed("rte", "dpbert", "waiting").request],
    1,
    printer,
    () => now,
  );
  const after = (...steps: [stage: string, step: number][]) => {
    table.stopped(run);
    table.started(run);
    for (const [stage, step] of steps) {
      table.step(run, { stage, step, steps: 100, loss: 0.5, examplesPerSecond: 25 });
    }
    return run.fromStart;
  };
  assert.equal(after(["stage 2", 1], ["stage 2", 2], ["stage 3", 1]), true);
  assert.equal(after(["stage 2", 51], ["stage 3", 1]), false);
});

Deno.test("secondsLeft shares the work among the jobs, but no run among two", () => {
  const runs = [
    timed("rte", "bert", "finished", 30),
    ...[0, 1, 2].map(() => timed("rte", "bert", "waiting")),
  ];
  assert.equal(secondsLeft(runs, 2, now), 45);
  assert.equal(secondsLeft(runs, 9, now), 30);
});

Deno.test("secondsLeft does not go by runs that were there before or failed", () => {
  const runs = [
    timed("rte", "bert", "finished"),
    timed("cola", "bert", "failed"),
    timed("mrpc", "bert", "waiting"),
  ];
  assert.equal(secondsLeft(runs, 1, now), null);
});

Deno.test("tableLines has a line for every running run and one for all", () => {
  const runs = [
    timed("sts-b", "bert", "finished", 60),
    halfway(timed("mrpc", "dpbert", "running", 10), 0.5),
    timed("rte", "bert", "running", 0),
    timed("rte", "dpbert", "waiting"),
  ];
  assert.deepEqual(tableLines(runs, 2, now), [
    "mrpc dpbert-s0  stage 1  step 50/100  loss 0.5000  25.5 examples/s  0:25 left",
    "rte bert-s0     starting",
    "1 of 4 runs done, 2 running, 1:25 left", // (50 + 60 + 60) / 2
  ]);
});
