import assert from "node:assert/strict";
import { shuffledOrder } from "./shuffle.ts";

Deno.test("shuffledOrder swaps each position, from the last, with one the numbers choose", () => {
  // 0.5 of 4 -> 2: [0,1,3,2]; 0 of 3 -> 0: [3,1,0,2]; 0.99 of 2 -> 1: stays
  const numbers = [0.5, 0, 0.99];
  assert.deepEqual(shuffledOrder(4, () => numbers.shift()!), [3, 1, 0, 2]);
});

Deno.test("shuffledOrder of none and of one needs no randomness", () => {
  const none = () => assert.fail("asked for a number");
  assert.deepEqual(shuffledOrder(0, none), []);
  assert.deepEqual(shuffledOrder(1, none), [0]);
});

Deno.test("shuffledOrder keeps every element when numbers are extreme", () => {
  for (const number of [0, 1 - 2 ** -53]) {
    assert.deepEqual(shuffledOrder(7, () => number).sort(), [0, 1, 2, 3, 4, 5, 6]);
  }
});
