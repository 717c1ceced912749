import assert from "node:assert/strict";
import { largestError } from "../tensor/finite_differences.ts";
import {
  dispose,
  floatTensor,
  mul,
  type Ops,
  random,
  read,
  startBackend,
  sum,
  type Tensor,
  tidy,
  uniforms,
  valueAndGradients,
  type Variable,
  variable,
} from "../tensor/mod.ts";
import { runLayer } from "./encoder.ts";
import { randomBert } from "./params.ts";
import { executeWhere, mix } from "./skip.ts";

const config = {
  vocabSize: 3,
  hiddenSize: 6,
  numLayers: 1,
  numHeads: 2,
  intermediateSize: 10,
  maxPositions: 5,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};
const { ops: compacting } = await startBackend("wasm");
const masking: Ops = { ...compacting, valuesNow: () => null };
const layer = randomBert(config, 2, random(0, "skip"), 0.4).layers[0];
const batch = 4, length = 5, size = batch * length * config.hiddenSize;
const states = uniforms(random(0, "states"), size), weights = uniforms(random(0, "weights"), size);
const mask = () => floatTensor([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0], [batch, length]);
const shape = [batch, length, config.hiddenSize];

/** Value and gradients (to the states and to the layer's first weight) of one gated layer. */
async function through(ops: Ops, action: number[]) {
  let computedRows = 0;
  const hidden = variable(floatTensor(states, shape));
  const run = (x: Tensor, rows?: Tensor) => {
    computedRows += x.shape[0];
    return runLayer(ops, layer, config, x, rows ? ops.gatherRows(mask(), rows) : mask());
  };
  const gate = () => executeWhere(ops, hidden, floatTensor(action, [batch]), run);
  const value = await read(tidy(gate));
  const rows = computedRows;
  const params: Variable[] = [hidden, layer.qkv.weight, layer.output.bias];
  const { value: total, gradients } = valueAndGradients(
    () => sum(mul(gate(), floatTensor(weights, shape))),
    params,
  );
  const slopes = await Promise.all(
    gradients.map((g, i) => g ? read(g) : Promise.resolve(new Float32Array(params[i].size))),
  );
  dispose([hidden, total, ...gradients.filter((g) => g !== null)]);
  return { value, slopes, rows };
}

for (const action of [[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 1]]) {
  Deno.test(`executeWhere with actions ${action} computes only those rows, with the mix's numbers and gradients`, async () => {
    const compacted = await through(compacting, action), mixed = await through(masking, action);
    assert.equal(compacted.rows, action.filter((a) => a === 1).length);
    assert.equal(mixed.rows, batch);
    assert.ok(largestError(compacted.value, mixed.value) < 1e-5);
    compacted.slopes.forEach((slope, i) =>
      assert.ok(largestError(slope, mixed.slopes[i]) < 1e-4, `gradient ${i}`)
    );
  });
}

Deno.test("executeWhere gives an executed row its layer and passes a skipped one on untouched", async () => {
  const all = await through(compacting, [1, 1, 1, 1]), some = await through(compacting, [0, 1, 0, 0]);
  const width = length * config.hiddenSize;
  assert.deepEqual(some.value.slice(0, width), states.slice(0, width));
  assert.ok(largestError(some.value.slice(width, 2 * width), all.value.slice(width, 2 * width)) < 1e-6);
  assert.deepEqual(some.value.slice(2 * width), states.slice(2 * width));
});

Deno.test("mix of weight 0.25 is a quarter of the layer and three quarters of the state", async () => {
  const hidden = floatTensor([4, 8], [2, 1, 1]);
  const mixed = await read(mix(compacting, hidden, floatTensor([0.25, 1], [2]), (x) => mul(x, 10)));
  assert.deepEqual([...mixed], [13, 80]);
});
