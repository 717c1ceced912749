import assert from "node:assert/strict";
import { partialSpearman } from "./dependence.ts";

const close = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-9, `${found}`);

Deno.test("partialSpearman: 0.6 between x and y and 0.8 of each with z leave (0.6 - 0.64) / 0.36", () => {
  close(partialSpearman([1, 2, 3, 4], [2, 1, 4, 3], [1, 2, 4, 3]), -0.04 / 0.36);
});

Deno.test("partialSpearman: what is the same stays the same, what z explains wholly is 0", () => {
  close(partialSpearman([1, 2, 3, 4], [10, 20, 30, 40], [1, 2, 4, 3]), 1);
  assert.equal(partialSpearman([1, 2, 3, 4], [2, 1, 4, 3], [2, 1, 4, 3]), 0);
});

Deno.test("partialSpearman: a z that does not vary changes nothing, an x that does not has nothing to give", () => {
  close(partialSpearman([1, 2, 3, 4], [2, 1, 4, 3], [7, 7, 7, 7]), 0.6);
  assert.equal(partialSpearman([5, 5, 5, 5], [2, 1, 4, 3], [1, 2, 4, 3]), 0);
});
