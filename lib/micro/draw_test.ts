import assert from "node:assert/strict";
import { below, between, oneIn, pick, sample, shuffled, stream } from "./draw.ts";

Deno.test("a stream is named by its purpose: equal names draw alike, others do not", () => {
  const draws = (...purpose: (string | number)[]) => {
    const random = stream(1, ...purpose);
    return Array.from({ length: 8 }, () => below(1000, random));
  };
  assert.deepEqual(draws("rte", "dev"), draws("rte", "dev"));
  assert.notDeepEqual(draws("rte", "dev"), draws("rte", "train"));
});

Deno.test("draws cover their range and nothing else", () => {
  const random = stream(2, "range");
  const many = <T>(draw: () => T) => [...new Set(Array.from({ length: 200 }, draw))].sort();
  assert.deepEqual(many(() => below(3, random)), [0, 1, 2]);
  assert.deepEqual(many(() => between(4, 6, random)), [4, 5, 6]);
  assert.deepEqual(many(() => pick(["x", "y"], random)), ["x", "y"]);
  assert.deepEqual(many(() => oneIn(4, random)), [false, true]);
  assert.deepEqual(many(() => shuffled([1, 2, 3], random).join("")).length, 6);
  assert.deepEqual(new Set(sample([1, 2, 3, 4], 3, random)).size, 3);
});
