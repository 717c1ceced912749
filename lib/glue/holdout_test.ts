import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { holdOut } from "./holdout.ts";

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

Deno.test("holdOut takes round(n/10) examples, at least one", () => {
  const sizes = [[2, 1], [4, 1], [14, 1], [15, 2], [64, 6], [65, 7], [100, 10], [2490, 249], [3667, 367]];
  for (const [n, expected] of sizes) {
    const { train, heldOut } = holdOut(numbers(n), 0);
    assert.equal(heldOut.length, expected, `n = ${n}`);
    assert.equal(train.length, n - expected);
  }
});

Deno.test("holdOut parts the examples, in the file's order, and repeats itself", () => {
  const { train, heldOut } = holdOut(numbers(50), 3);
  assert.deepEqual([...train, ...heldOut].sort((a, b) => a - b), numbers(50));
  assert.deepEqual(train, [...train].sort((a, b) => a - b));
  assert.deepEqual(heldOut, [...heldOut].sort((a, b) => a - b));
  assert.deepEqual(holdOut(numbers(50), 3), { train, heldOut });
});

Deno.test("holdOut pins the rows of seed 0 and takes others for seed 1", () => {
  assert.deepEqual(holdOut(numbers(20), 0).heldOut, [8, 16]);
  assert.notDeepEqual(holdOut(numbers(200), 1).heldOut, holdOut(numbers(200), 0).heldOut);
});

Deno.test("holdOut refuses a set of one", () => {
  assert.throws(
    () => holdOut([7], 0),
    (error: Error) => error instanceof InputError && /1 training/.test(error.message),
  );
});
