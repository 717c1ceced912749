import assert from "node:assert/strict";
import * as reference from "./composed_reference.ts";

const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-9, `${found}, expected ${expected}`);

Deno.test("erf and gelu have their tabulated values", () => {
  near(reference.erf(1), 0.8427007929497149);
  near(reference.erf(-3), -0.9999779095030014);
  near(reference.gelu(1), 0.8413447460685429);
});

Deno.test("attention with equal keys averages the values of the tokens that are not padding", () => {
  // One head of size 1, three tokens, the last one padding: queries 1, keys 0, values 2, 4, 100.
  const out = reference.attention([1, 0, 2, 1, 0, 4, 1, 0, 100], [1, 1, 0], 1, 1);
  out.forEach((value) => near(value, 3));
});

Deno.test("addLayerNorm of 1 and 3 is -1 and 1, scaled and shifted", () => {
  const out = reference.addLayerNorm([1, 1], [0, 2], [2, 2], [5, 5], 0);
  near(out[0], 3);
  near(out[1], 7);
});

Deno.test("adamw moves the first step by the learning rate, whatever the gradient's size", () => {
  const settings = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-12, weightDecay: 0 };
  near(reference.adamw([1], [[500]], settings)[0], 0.9);
});
