import assert from "node:assert/strict";
import { startBackend } from "../tensor/mod.ts";
import { benchLatency } from "./latency.ts";

Deno.test("benchLatency times the full model and every depth, planner included", async () => {
  const backend = await startBackend("wasm");
  let ticks = 0;
  const result = await benchLatency(backend, { tokens: 4, examples: 1, now: () => ticks++ });
  assert.deepEqual(result.atDepth.map(({ executedLayers }) => executedLayers), [0, 1, 2, 3, 4, 5, 6]);
  // Every pass takes one tick, so depth 3 of 6 costs twice its share.
  assert.equal(result.atDepth[3].overProportional, 2);
  assert.equal(result.fullMedianMs, 1);
});
