import assert from "node:assert/strict";
import { arena } from "./arena.ts";
import { startBackend } from "./backend.ts";
import { wasmBackend } from "./heap.ts";

await startBackend("wasm");
const { wasm } = wasmBackend();

Deno.test("an arena's pieces do not overlap, and after clear the same pieces fit into what it has", () => {
  const memory = arena(), sizes = [3, 70_000, 16, 200_000, 1];
  const takeAll = () => sizes.map((size) => memory.take(size));
  const starts = takeAll();
  starts.forEach((start, i) => wasm.HEAPF32.fill(i, start / 4, start / 4 + sizes[i]));
  starts.forEach((start, i) =>
    assert.ok(wasm.HEAPF32.subarray(start / 4, start / 4 + sizes[i]).every((value) => value === i))
  );
  memory.clear();
  const stock = wasm._malloc;
  wasm._malloc = () => assert.fail("allocated after the first pass");
  const again = takeAll();
  memory.clear();
  assert.deepEqual(takeAll(), again);
  wasm._malloc = stock;
  memory.dispose();
});

Deno.test("an arena says so when the heap has no room", () => {
  const stock = wasm._malloc;
  wasm._malloc = () => 0;
  const memory = arena();
  assert.throws(() => memory.take(5), /no memory left/);
  wasm._malloc = stock;
});
