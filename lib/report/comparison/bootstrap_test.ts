import assert from "node:assert/strict";
import { drawnScores, pairedDifference, rowDraws, verdictOf } from "./bootstrap.ts";

/** `right` of 200 SST-2 rows are predicted rightly: the first ones. */
const rows = (right: number) =>
  Array.from({ length: 200 }, (_, id) => ({ id, label: "1", prediction: id < right ? "1" : "0", path: "1" }));

const draws = rowDraws("sst-2", 200);
const system = (right: number) => ({
  score: right / 2,
  drawn: drawnScores("sst-2", rows(right), draws),
});

Deno.test("rowDraws draws as many rows as there are, the same ones every time", () => {
  assert.equal(draws.length, 1000);
  assert(draws.every((times) => times.reduce((sum, count) => sum + count, 0) === 200));
  assert.deepEqual(rowDraws("sst-2", 200)[999], draws[999]);
  assert.notDeepEqual(rowDraws("qnli", 200)[0], draws[0]);
});

Deno.test("a drawn score varies as it should: 90 % of 200 rows has a standard error of 2.1 points", () => {
  const { drawn } = system(180), centre = drawn.reduce((sum, score) => sum + score, 0) / drawn.length;
  const spread = Math.sqrt(drawn.reduce((sum, score) => sum + (score - centre) ** 2, 0) / drawn.length);
  assert(Math.abs(centre - 90) < 0.3, `${centre}`);
  assert(Math.abs(spread - 2.12) < 0.2, `${spread}`);
});

Deno.test("pairing cancels what both have in common: 10 more right rows of 200 win, though alone they might not", () => {
  const difference = pairedDifference([system(190)], [system(180)], "a");
  assert.equal(difference.mean, 5);
  // Of 10 rows as many are drawn as a Poisson count of 10: 4.4 to 16.6 of 200.
  assert(difference.low > 1.5 && difference.low < 3 && difference.high > 7 && difference.high < 9);
  assert.equal(verdictOf(difference), "win");
  assert.equal(verdictOf(pairedDifference([system(180)], [system(190)], "a")), "loss");
});

Deno.test("a system ties with itself, and two seeds that disagree tie", () => {
  assert.deepEqual(pairedDifference([system(180)], [system(180)], "a"), { mean: 0, low: 0, high: 0 });
  const [better, worse] = [system(190), system(170)];
  const mixed = pairedDifference([better, worse], [worse, better], "a");
  assert.equal(mixed.mean, 0);
  assert(mixed.low < -5 && mixed.high > 5); // both seeds are drawn as the same one in half of the draws
  assert.equal(verdictOf(mixed), "tie");
});

Deno.test("pairedDifference refuses unequal seeds", () => {
  assert.throws(() => pairedDifference([system(180)], [], "a"), RangeError);
});
