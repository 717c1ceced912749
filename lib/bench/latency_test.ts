import assert from "node:assert/strict";
import { liveTensors, startBackend } from "../tensor/mod.ts";
import { benchContestants, benchDepths } from "./latency.ts";
import { bertOf } from "./training.ts";

const { ops } = await startBackend("wasm");
const shape = { name: "tiny", config: bertOf([4, 8, 2, 16], 20), tokens: 4, rounds: 1 };

Deno.test("benchDepths times the full model and every depth, planner included, and frees all", async () => {
  const live = liveTensors();
  let ticks = 0;
  const { atDepth, fullMedianMs } = await benchDepths(ops, shape, { now: () => ticks++ });
  assert.deepEqual(atDepth.map(({ executedLayers }) => executedLayers), [0, 1, 2, 3, 4]);
  // Every pass takes one tick, so depth 2 of 4 costs twice its share.
  assert.equal(atDepth[2].overProportional, 2);
  assert.equal(fullMedianMs, 1);
  assert.equal(liveTensors(), live);
});

Deno.test("benchDepths executes as many layers as it says", async () => {
  // The clock counts layers that ran, so the test does not depend on the machine.
  let layers = 0;
  const counting = {
    ...ops,
    inference: null,
    attention: (...args: Parameters<typeof ops.attention>) => (layers++, ops.attention(...args)),
  };
  const { atDepth, fullMedianMs } = await benchDepths(counting, shape, { now: () => layers });
  assert.deepEqual(atDepth.map(({ medianMs }) => medianMs), [0, 1, 2, 3, 4]);
  assert.equal(fullMedianMs, 4);
});

Deno.test("benchContestants without peers times ours with and without a BLAS, which agree", async () => {
  const folder = await Deno.makeTempDir();
  const { contestants, logitDifference } = await benchContestants(ops, shape, folder, { blocks: 1 });
  await Deno.remove(folder, { recursive: true });
  assert.deepEqual(contestants.map(({ name, rounds }) => [name, rounds]), [["ours", 1], [
    "ours, no BLAS",
    1,
  ]]);
  assert.equal(contestants[1].about.blas, null);
  assert.ok(logitDifference < 1e-5);
});
