import assert from "node:assert/strict";
import { startBackend } from "./backend.ts";
import { liveTensors, ones, variable, zeros } from "./math.ts";
import { disposeTree, leaves, readValues, setValues } from "./params.ts";

await startBackend("wasm");

Deno.test("leaves names every parameter by its dotted path, in the order of the fields", () => {
  const tree = {
    b: [{ weight: variable(ones([2])) }, { weight: variable(zeros([1])) }],
    a: variable(ones([3])),
  };
  assert.deepEqual(leaves(tree).map(({ path }) => path), ["b.0.weight", "b.1.weight", "a"]);
  assert.deepEqual(leaves(tree, "tree").map(({ path }) => path)[0], "tree.b.0.weight");
  disposeTree(tree);
});

Deno.test("setValues replaces the values, readValues reads a copy, disposeTree frees all", async () => {
  const live = liveTensors();
  const tree = { weight: variable(zeros([2, 2])) };
  const before = await readValues(tree.weight);
  setValues(tree.weight, new Float32Array([1, 2, 3, 4]));
  assert.deepEqual([...await readValues(tree.weight)], [1, 2, 3, 4]);
  assert.deepEqual([...before], [0, 0, 0, 0]);
  assert.throws(() => setValues(tree.weight, new Float32Array(3)));
  disposeTree(tree);
  assert.equal(liveTensors(), live);
});
