import assert from "node:assert/strict";
import { mean } from "./mean.ts";

Deno.test("mean of 1, 2 and 6 is 3, of nothing NaN", () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert(Number.isNaN(mean([])));
});
