import assert from "node:assert/strict";
import {
  halfWidth95,
  mean,
  predictionHalfWidth95,
  standardDeviation,
  summarise,
  tQuantile,
} from "./statistics.ts";

function near(found: number, expected: number, tolerance = 1e-9) {
  assert(Math.abs(found - expected) <= tolerance, `found ${found}, expected ${expected}`);
}

Deno.test("mean and standardDeviation of 1, 2, 3 are 2 and 1", () => {
  assert.equal(mean([1, 2, 3]), 2);
  assert.equal(standardDeviation([1, 2, 3]), 1);
});

Deno.test("standardDeviation and halfWidth95 of one value are not known", () => {
  assert(Number.isNaN(standardDeviation([5])));
  assert(Number.isNaN(halfWidth95([5])));
  assert(Number.isNaN(mean([])));
});

Deno.test("tQuantile is tabled and joins its approximation smoothly", () => {
  assert.equal(tQuantile(2), 4.303);
  near(tQuantile(31), 2.040, 0.003);
  near(tQuantile(60), 2.000, 0.003);
  near(tQuantile(1000), 1.962, 0.003);
});

Deno.test("halfWidth95 of 1, 2, 3 is 4.303 / sqrt 3", () => {
  near(halfWidth95([1, 2, 3]), 4.303 / Math.sqrt(3));
});

Deno.test("predictionHalfWidth95 widens the interval for few further runs", () => {
  near(predictionHalfWidth95([1, 2, 3], 3), 4.303 * Math.sqrt(2 / 3));
  near(predictionHalfWidth95([1, 2, 3], 1), 4.303 * Math.sqrt(4 / 3));
});

Deno.test("summarise gathers n, mean, interval and range", () => {
  const { n, mean, halfWidth, smallest, largest } = summarise([3, 1, 2]);
  assert.deepEqual([n, mean, smallest, largest], [3, 2, 1, 3]);
  near(halfWidth, 4.303 / Math.sqrt(3));
});
