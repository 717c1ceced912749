import assert from "node:assert/strict";
import { composedOps } from "../tensor/composed.ts";
import { liveTensors, startBackend } from "../tensor/mod.ts";
import { alternateSteps, type BenchShape, stepper } from "./fused_step.ts";

const { ops } = await startBackend("wasm");
const tiny: BenchShape = {
  config: {
    vocabSize: 11,
    hiddenSize: 8,
    numLayers: 2,
    numHeads: 2,
    intermediateSize: 12,
    maxPositions: 8,
    numSegments: 2,
    layerNormEpsilon: 1e-12,
  },
  batchSize: 4,
  tokens: 5,
};

Deno.test("stepper trains the same model on the same batches whatever the operations, and frees it", () => {
  const live = liveTensors();
  const [fused, composed] = [ops, composedOps("wasm")].map((ops) => stepper(ops, tiny));
  for (let step = 0; step < 5; step++) {
    const [a, b] = [fused.step(step), composed.step(step)];
    assert.ok(Math.abs(a - b) < 1e-5, `${a} and ${b}`);
  }
  fused.dispose();
  composed.dispose();
  assert.equal(liveTensors(), live);
});

Deno.test("alternateSteps leaves the warm-up out, and takes turns in both orders", () => {
  const order: string[] = [];
  let clock = 0;
  const side = (name: string, ms: number) => ({
    step(step: number) {
      order.push(name + step);
      clock += step < 3 ? 1000 : ms;
      return 0;
    },
  });
  const times = alternateSteps([side("a", 5), side("b", 7)], 2, () => clock);
  assert.deepEqual(times.map(({ wallMs }) => wallMs), [5, 7]);
  assert.deepEqual(order, ["b0", "a0", "a1", "b1", "b2", "a2", "a3", "b3", "b4", "a4"]);
});
