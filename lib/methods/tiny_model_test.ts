import assert from "node:assert/strict";
import { tinyBatch, tinySet } from "./tiny_model.ts";

Deno.test("tinySet has both labels and rows of different lengths", () => {
  const { train, heldOut } = tinySet();
  assert.deepEqual([train.length, heldOut.length], [40, 10]);
  assert.deepEqual([...new Set(train.map(({ label }) => label))].sort(), [0, 1]);
  assert.ok(new Set(train.map(({ tokenIds }) => tokenIds.length)).size > 2);
  assert.equal(tinyBatch(4).size, 4);
});
