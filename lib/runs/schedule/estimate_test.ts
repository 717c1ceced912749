import assert from "node:assert/strict";
import {
  aboutSeconds,
  kindOf,
  type Measured,
  secondsEach,
  secondsOf,
  secondsOfAll,
  withNeeded,
} from "./estimate.ts";
import type { RunRequest } from "../grid/grid.ts";

const run = (method: string, task = "rte", settings: RunRequest["settings"] = {}): RunRequest => ({
  profile: "micro",
  task,
  method,
  settings,
  seed: 0,
});
const bert = run("bert"), dpbert = run("dpbert"), firstFour = run("bert-first-k", "rte", { firstLayers: 4 });

/** What steps of 32 rows, as RTE has them, take for each. */
const perRow = (stage2: number, main: number) => ({ stage2: stage2 / 32, main: main / 32 });

/** RTE's stage 1 has 11.5 epochs of 71 batches: 817 steps. Nothing is evaluated. */
const rte = { train: 2250, heldOut: 0, dev: 0, tokens: 30, startSeconds: 3 };
const measured: Measured = {
  sizes: { rte },
  seconds: {
    [kindOf(bert)]: perRow(0, 0.1),
    [kindOf(dpbert)]: perRow(0.05, 0.2),
    [kindOf(firstFour)]: perRow(0, 0.04),
  },
  tokens: 30,
};
const close = (a: number | null, b: number) => assert.ok(Math.abs(a! - b) < 1e-9, `${a} is not ${b}`);

Deno.test("secondsOf: 817 steps of 0.1 s after a start of 3 s; 120 of 0.05 s and 1,000 of 0.2 s", () => {
  close(secondsOf(bert, measured), 84.7);
  close(secondsOf(dpbert, measured), 3 + 6 + 200);
});

Deno.test("secondsOf takes each stage's own batch size: CoLA's 100 steps of 16 rows take 0.05 s, its 1,000 of 32 rows 0.2 s", () => {
  const sizes = { rte, cola: { ...rte, train: 160 } };
  close(secondsOf(run("bert", "cola"), { ...measured, sizes }), 3 + 100 * 0.05);
  close(secondsOf(run("dpbert", "cola"), { ...measured, sizes }), 209);
  close(secondsOf(bert, { ...measured, sizes }), 84.7);
});

Deno.test("secondsOf adds forward passes: 640 held-out rows five times and 64 dev rows five times are 110 batches", () => {
  const sizes = { rte: { ...rte, heldOut: 640, dev: 64 } };
  close(secondsOf(bert, { ...measured, sizes }), 84.7 + 110 / 3 * 0.1);
});

Deno.test("secondsOf takes longer inputs for as much more, and an unread task for the mean of the others", () => {
  close(secondsOf(bert, { ...measured, sizes: { rte: { ...rte, tokens: 60 } } }), 3 + 2 * 81.7);
  close(secondsOf(run("dpbert", "mrpc"), measured), 209);
});

Deno.test("secondsOf takes what was not measured for the mean of its method, else of all", () => {
  close(secondsOf(run("bert-first-k", "rte", { firstLayers: 9 }), measured), 3 + 817 * 0.04);
  close(secondsOf(run("pabee"), measured), 3 + (817 + 1000) * (0.1 + 0.2 + 0.04) / 3);
  assert.equal(secondsOf(bert, { ...measured, seconds: {} }), null);
  assert.equal(secondsOf(bert, { ...measured, sizes: {} }), null);
});

Deno.test("a run that only evaluates another's training costs its passes alone", () => {
  const pabee = run("pabee"), point = run("pabee", "rte", { exitBy: "entropy", targetRate: 0.4 });
  assert.equal(kindOf(point), kindOf(pabee));
  const sizes = { rte: { ...rte, dev: 96 } }, seconds = { [kindOf(pabee)]: perRow(0, 0.3) };
  close(secondsOf(point, { ...measured, sizes, seconds }), 3 + 15 / 3 * 0.3);
});

Deno.test("secondsOfAll shares the time out, but no run ends before those it needs", () => {
  close(secondsOfAll([bert, dpbert], 1, measured), 84.7 + 209);
  close(secondsOfAll([bert, dpbert, firstFour], 8, measured), 84.7 + 209);
  close(secondsOfAll([bert, firstFour], 2, measured), 84.7);
  assert.equal(secondsOfAll([bert], 1, { ...measured, seconds: {} }), null);
});

Deno.test("secondsEach shares out what two runs start from and nobody asked for: half of bert's 84.7 s each", async () => {
  const settings = [{ targetRate: 0.3 }, { targetRate: 0.6 }],
    asked = settings.map((one) => run("dpbert", "rte", one));
  const all = await withNeeded(asked, () => Promise.resolve(false));
  assert.deepEqual(all.map(({ method }) => method), ["dpbert", "dpbert", "bert"]);
  const each = secondsEach(asked, all, measured);
  for (const one of asked) close(each(one), 209 + 84.7 / 2);
  close(secondsEach(all, all, measured)(asked[0]), 209);
  assert.equal(secondsEach(asked, all, { ...measured, seconds: {} })(asked[0]), null);
});

Deno.test("withNeeded adds what a run starts from and what its training looks at, unless it is done", async () => {
  const subset = run("static-subset", "rte", { subset: "commonest" });
  const none = await withNeeded([subset], () => Promise.resolve(false));
  assert.deepEqual(none.map(({ method }) => method), ["static-subset", "bert", "dpbert"]);
  const some = await withNeeded([subset], ({ method }) => Promise.resolve(method === "bert"));
  assert.deepEqual(some.map(({ method }) => method), ["static-subset", "dpbert"]);
  assert.deepEqual(await withNeeded([bert, dpbert], () => Promise.resolve(false)), [bert, dpbert]);
});

Deno.test("aboutSeconds rounds as one would say it", () => {
  assert.deepEqual([3, 42, 89, 95, 1020, 6000, 28_000].map(aboutSeconds), [
    "about 10 seconds",
    "about 40 seconds",
    "about 90 seconds",
    "about 2 minutes",
    "about 17 minutes",
    "about 1.7 hours",
    "about 7.8 hours",
  ]);
});
