import assert from "node:assert/strict";
import fc from "fast-check";
import { type MethodRequest, runsOf } from "../grid/grid.ts";
import { neededIn, nextRun, type RunState, type ScheduledRun, trainScheduled } from "./schedule.ts";

type Named = ScheduledRun & { name: string };

/** Two tasks, `bert` and `dpbert`: cola-bert, cola-dpbert, rte-bert, rte-dpbert, in this order, for each seed. */
function fourRuns(states: RunState[] = [], seeds = [0], methods = ["bert", "dpbert"]): Named[] {
  const grid = {
    profile: "glue",
    tasks: ["cola", "rte"],
    methods: methods.map((method): MethodRequest =>
      method === "bert" ? { method } : { method, settings: { targetRate: 0.6 } }
    ),
    seeds,
  };
  return runsOf(grid).map((request, at) => ({
    request,
    state: states[at] ?? "waiting",
    name: `${request.task}-${request.method}`,
  }));
}

const nextName = (states: RunState[]) => nextRun(fourRuns(states))?.name ?? null;

Deno.test("nextRun keeps the order, but lets a run wait for the one it starts from", () => {
  assert.equal(nextName([]), "cola-bert");
  assert.equal(nextName(["running"]), "rte-bert"); // cola-dpbert would train cola-bert a second time
  assert.equal(nextName(["running", "waiting", "running"]), null);
  assert.equal(nextName(["finished", "waiting", "running"]), "cola-dpbert");
  assert.equal(nextName(["finished", "running", "finished"]), "rte-dpbert");
  assert.equal(nextName(["failed", "waiting", "finished", "finished"]), null);
});

Deno.test("a run whose parent is not wanted may start at once, and so may one of another seed or recipe", () => {
  const [cola, rte] = fourRuns([], [0], ["dpbert"]);
  assert.deepEqual(neededIn([cola, rte], cola), []);
  assert.equal(nextRun([cola, rte]), cola);
  const [bert, dpbert] = fourRuns(["running"]);
  assert.deepEqual(neededIn([bert, dpbert], dpbert), [bert]);
  const longer = { ...dpbert, request: { ...dpbert.request, settings: { epochs: 9 } } };
  assert.deepEqual(neededIn([bert, longer], longer), []);
  const other = { ...dpbert, request: { ...dpbert.request, seed: 1 } };
  assert.equal(nextRun([bert, other]), other);
});

Deno.test("a run waits for all it needs; those that need what was never started are orphans too", async () => {
  const named = (method: string, settings = {}): Named => ({
    request: { profile: "smoke", task: "rte", method, settings, seed: 0 },
    state: "waiting",
    name: method,
  });
  const [bert, dpbert] = [named("bert"), named("dpbert")];
  const sampled = { ...named("dpbert", { gates: "sampled" }), name: "sampled" };
  const subset = named("static-subset", { subset: "commonest" }), runs = [sampled, subset, bert, dpbert];
  assert.deepEqual(neededIn(runs, sampled), [dpbert]);
  assert.deepEqual(neededIn(runs, subset), [bert, dpbert]);
  assert.deepEqual(neededIn(runs, named("static-subset")), [bert]);
  const lost: string[] = [];
  await trainScheduled(runs, {
    jobs: 2,
    start: () => Promise.resolve("failed"),
    onOrphan: (run, other) => lost.push(`${run.name} without ${other.name}`),
    shouldStop: () => false,
  });
  assert.deepEqual(runs.map(({ state }) => state), ["orphaned", "orphaned", "failed", "orphaned"]);
  assert.deepEqual(lost, ["static-subset without bert", "dpbert without bert", "sampled without dpbert"]);
});

/** Starts runs that end when they are told to, and keeps what happened. */
function handled(runs: Named[], jobs: number) {
  const ends = new Map<string, (end: "finished" | "failed" | "stopped") => void>();
  const log: string[] = [];
  let stopping = false;
  const all = trainScheduled(runs, {
    jobs,
    start: (run) => {
      log.push(`start ${run.name}`);
      return new Promise((resolve) => ends.set(run.name, resolve));
    },
    onOrphan: (run, parent) => log.push(`${run.name} without ${parent.name}`),
    shouldStop: () => stopping,
  });
  return {
    log,
    all,
    stop: () => stopping = true,
    end: async (name: string, how: "finished" | "failed" | "stopped" = "finished") => {
      ends.get(name)!(how);
      await new Promise((resume) => setTimeout(resume)); // lets every consequence happen
    },
  };
}

Deno.test("trainScheduled fills every free place; a failure stops only what starts from it", async () => {
  const runs = fourRuns(), { log, all, end } = handled(runs, 2);
  assert.deepEqual(log, ["start cola-bert", "start rte-bert"]);
  await end("cola-bert", "failed");
  assert.deepEqual(log.slice(2), ["cola-dpbert without cola-bert"]);
  await end("rte-bert");
  assert.deepEqual(log.slice(3), ["start rte-dpbert"]);
  await end("rte-dpbert");
  await all;
  assert.deepEqual(runs.map(({ state }) => state), ["failed", "orphaned", "finished", "finished"]);
});

Deno.test("trainScheduled with one job trains in the given order and leaves alone what is finished", async () => {
  const { log, all, end } = handled(fourRuns(["finished"]), 1);
  for (const name of ["cola-dpbert", "rte-bert", "rte-dpbert"]) {
    assert.equal(log.at(-1), `start ${name}`);
    await end(name);
  }
  await all;
  assert.equal(log.length, 3);
});

Deno.test("trainScheduled that is stopped starts nothing more and waits for what runs, which may be continued", async () => {
  const runs = fourRuns(), { log, all, end, stop } = handled(runs, 2);
  stop();
  await end("cola-bert");
  await end("rte-bert", "stopped");
  await all;
  assert.equal(log.length, 2);
  assert.deepEqual(runs.map(({ state }) => state), ["finished", "waiting", "waiting", "waiting"]);
});

Deno.test("whatever fails and however many train at once: each run starts once, after its parent, never too many", async () => {
  const failing = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(failing, fc.integer({ min: 1, max: 5 }), async (fails, jobs) => {
      const runs = fourRuns([], [0, 1, 2]), started = new Set<Named>();
      let atOnce = 0;
      await trainScheduled(runs, {
        jobs,
        start: async (run) => {
          assert.ok(!started.has(run) && ++atOnce <= jobs);
          started.add(run);
          assert.ok(neededIn(runs, run).every(({ state }) => state === "finished"));
          await Promise.resolve();
          atOnce--;
          return fails[runs.indexOf(run)] ? "failed" : "finished";
        },
        onOrphan: (run, parent) => assert.ok(!started.has(run) && parent.state === "failed"),
        shouldStop: () => false,
      });
      for (const run of runs) {
        const parentFailed = neededIn(runs, run).some(({ state }) => state === "failed");
        const own = fails[runs.indexOf(run)] ? "failed" : "finished";
        assert.equal(run.state, parentFailed ? "orphaned" : own);
      }
    }),
    { seed: 5, numRuns: 50 },
  );
});
