import assert from "node:assert/strict";
import { comparedWith } from "./comparison.ts";
import { exampleStudy, firstOf6 } from "../study/example_study.ts";
import { layerCost } from "./families.ts";
import { findGroup } from "../study/groups.ts";

const pabee = { method: "pabee", setting: "" };
const exit = (patience: number, layers: number, right: number, seed = 0) => ({
  method: "pabee",
  settings: { patience },
  seed,
  right,
  path: firstOf6(layers),
});
const plan = (right: number, seed = 0) => ({
  method: "dpbert",
  settings: { targetRate: 0.6 },
  seed,
  right,
  path: firstOf6(3),
});

/** DPBERT at target rate 0.6 against PABEE. */
function compared(runs: Parameters<typeof exampleStudy>[0]) {
  const study = exampleStudy(runs);
  return comparedWith(study, findGroup(study.groups, "sst-2", "dpbert", "t0.6")!, pabee, layerCost);
}

Deno.test("comparedWith: 100 against half way between 60 and 80 is 30 points and a win", () => {
  const found = compared([plan(20), exit(1, 2, 12), exit(2, 4, 16)])!;
  assert.deepEqual(found.scores.map(Math.round), [100, 70]);
  assert(Math.abs(found.difference.mean - 30) < 1e-9);
  assert(found.difference.low > 5 && found.difference.high < 60);
  assert.equal(found.verdict, "win");
});

Deno.test("comparedWith: one row of twenty is a tie", () => {
  assert.equal(compared([plan(20), exit(1, 3, 19)])!.verdict, "tie");
});

Deno.test("comparedWith takes the seeds that both have, and says which", () => {
  const found = compared([plan(20), plan(18, 1), plan(10, 2), exit(1, 3, 16), exit(1, 3, 16, 1)])!;
  assert.deepEqual([found.seeds, found.scores], [[0, 1], [95, 80]]);
  assert.equal(compared([plan(20), exit(1, 3, 16, 1)]), null);
});

Deno.test("comparedWith goes to a competitor that cannot go so low, on DPBERT's own curve", () => {
  const dearer = { ...plan(18), settings: { targetRate: 0.9 }, path: firstOf6(5) };
  const found = compared([plan(20), dearer, exit(1, 4, 16)])!; // 3 and 5 layers against 4
  assert.deepEqual([found.scores, found.first.cost], [[95, 80], 4 / 6]);
});

/** DPBERT at another number of layers. */
const planAt = (targetRate: number, layers: number, right: number, heldOut?: number) => ({
  ...plan(right),
  settings: { targetRate },
  path: firstOf6(layers),
  heldOut,
});

Deno.test("comparedWith: beyond a competitor's dearest setting there is no comparison without DPBERT's curve", () => {
  assert.equal(compared([plan(20), exit(1, 1, 8), exit(2, 2, 10)]), null);
});

Deno.test("comparedWith goes down DPBERT's own curve to a competitor that ends before", () => {
  const found = compared([planAt(0.6, 5, 20), planAt(0.9, 3, 10), exit(1, 4, 16)])!; // 5 and 3 layers against 4
  assert.deepEqual([found.scores, found.first.cost, found.second.cost], [[75, 80], 4 / 6, 4 / 6]);
  assert.deepEqual([found.moved, found.verdict], [true, "tie"]); // 100 against 80 would be a win
});

Deno.test("comparedWith without a common cost: the cheaper wins or ties, and where the dearer is better there is nothing", () => {
  const outcome = (...runs: Parameters<typeof exampleStudy>[0]) => {
    const found = compared(runs);
    return found && [found.verdict, found.apart];
  };
  assert.deepEqual(outcome(plan(20), exit(1, 4, 10)), ["win", true]); // 3 layers of DPBERT, 100 against 50
  assert.deepEqual(outcome(plan(20), exit(1, 4, 20)), ["tie", true]);
  assert.equal(outcome(plan(10), exit(1, 4, 20)), null);
  assert.deepEqual(outcome(plan(10), exit(1, 2, 20)), ["loss", true]);
  assert.equal(outcome(plan(20), exit(1, 2, 10)), null);
});

Deno.test("comparedWith without a common cost takes the settings that come nearest to each other", () => {
  const found = compared([planAt(0.6, 5, 18), planAt(0.3, 3, 12), exit(1, 1, 8), exit(2, 2, 12)])!;
  assert.deepEqual([found.scores, found.moved, found.verdict], [[60, 60], true, "tie"]); // 3 layers against 2
});

const held = (run: ReturnType<typeof exit>, heldOut: number) => ({ ...run, heldOut });

Deno.test("comparedWith: a competitor's dearer and worse setting does not drag its curve down", () => {
  const falling = [held(exit(1, 2, 16), 80), held(exit(2, 4, 8), 40)];
  const found = compared([plan(14), ...falling])!; // straight between them it would be 70 against 60
  assert.deepEqual([found.scores, found.first.cost, found.second.cost], [[70, 80], 3 / 6, 2 / 6]);
  const rising = compared([plan(14), ...falling, held(exit(3, 5, 19), 95)])!; // a third of the way from 80 to 95
  assert.deepEqual(rising.scores.map(Math.round), [70, 85]);
});

Deno.test("comparedWith never asks dev which setting is left out", () => {
  const found = compared([plan(14), held(exit(1, 2, 8), 80), held(exit(2, 4, 16), 40)])!;
  assert.deepEqual(found.scores, [70, 40]); // on dev the setting that is left out is the better one
});

Deno.test("comparedWith: DPBERT's curve leaves out settings alike, and one left out stands for itself at its cost", () => {
  const leftOut = [planAt(0.6, 5, 12, 70), planAt(0.3, 3, 16, 80)];
  const there = compared([...leftOut, exit(1, 4, 10), exit(2, 6, 10)])!;
  assert.deepEqual([there.scores, there.first.cost, there.moved], [[60, 50], 5 / 6, false]);
  const below = compared([...leftOut, exit(1, 4, 10)])!; // at 4 layers its curve has what it has at 3
  assert.deepEqual([below.scores, below.first.cost, below.second.cost], [[80, 50], 3 / 6, 4 / 6]);
});

Deno.test("comparedWith compares nothing without a run", () => {
  assert.equal(compared([plan(20)]), null);
});

Deno.test("comparedWith gives the same interval every time", () => {
  const runs = [plan(17), exit(1, 3, 15)];
  assert.deepEqual(compared(runs)!.difference, compared(runs)!.difference);
});
