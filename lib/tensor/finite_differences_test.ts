import assert from "node:assert/strict";
import { finiteDifferences, largestError } from "./finite_differences.ts";

Deno.test("finiteDifferences of x y^2 at (3, 2) are 4 and 12", () => {
  const slopes = finiteDifferences(([[x], [y]]) => x * y * y, [[3], [2]]);
  assert.ok(Math.abs(slopes[0][0] - 4) < 1e-8 && Math.abs(slopes[1][0] - 12) < 1e-8, String(slopes));
});

Deno.test("largestError is relative above 1, absolute below, and NaN for NaN or another length", () => {
  assert.equal(largestError([101, 0.5], [100, 0.25]), 0.25);
  assert.ok(Number.isNaN(largestError([NaN], [1])) && Number.isNaN(largestError([1], [1, 2])));
});
