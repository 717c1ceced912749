import assert from "node:assert/strict";
import { batchTensors, clsState, encode } from "../../bert/mod.ts";
import { collate } from "../../glue/mod.ts";
import { largestError } from "../../tensor/finite_differences.ts";
import { floatTensor, liveTensors, random, read, readValues, startBackend, tidy } from "../../tensor/mod.ts";
import { tinyBackbone, tinyConfig, tinyExamples } from "../tiny_model.ts";
import { type OffRamps, rampLogits, randomOffRamps } from "./off_ramps.ts";
import { clsStatistics, foldStatistics, standardised, withFolded } from "./standardise.ts";

const { ops } = await startBackend("wasm");
const backbone = tinyBackbone(ops, 0, { ...tinyConfig, numLayers: 3 });
const examples = tinyExamples(40);

Deno.test("standardised gives every column mean 0 and variance 1: 1, 3 becomes -1, 1", async () => {
  const found = tidy(() => standardised(floatTensor([1, 10, 3, 10], [2, 2])));
  assert.ok(largestError(await read(found), [-1, 0, 1, 0]) < 1e-4);
});

/** h_CLS of all examples after the first layer; [40, 8]. */
async function firstStates() {
  const states = [];
  for (let row = 0; row < examples.length; row++) {
    const batch = collate(examples, [row]);
    const cls = tidy(() => {
      const tensors = batchTensors(ops, batch);
      return clsState(
        ops,
        encode(
          ops,
          backbone.params,
          backbone.config,
          tensors,
          (layer, hidden, run) => layer ? hidden : run(hidden),
        ),
      );
    });
    states.push(...await read(cls));
  }
  return states;
}

Deno.test("clsStatistics are the mean and deviation of h_CLS after each layer but the last, over all batches", async () => {
  const live = liveTensors(), statistics = await clsStatistics(backbone, examples);
  assert.equal(liveTensors(), live);
  assert.equal(statistics.length, 2);
  const states = await firstStates(), column = states.filter((_, at) => at % 8 === 3);
  const mean = column.reduce((a, b) => a + b) / 40;
  const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 40;
  assert.ok(Math.abs(statistics[0].mean[3] - mean) < 1e-5);
  assert.ok(Math.abs(statistics[0].deviation[3] - Math.sqrt(variance + 1e-5)) < 1e-4);
});

Deno.test("foldStatistics makes a ramp do on raw states what it did on standardised ones; withFolded leaves it alone", async () => {
  const ramps = randomOffRamps(3, 8, 2, random(1, "ramps")),
    before = await readValues(ramps[0].pooler.weight);
  const kept = [...before], states = await firstStates();
  const logits = async (prepare: typeof standardised) => {
    const found = tidy(() => rampLogits(ops, ramps[0], prepare(floatTensor(states, [40, 8]))));
    return [...await read(found)];
  };
  const expected = await logits(standardised), live = liveTensors();
  const pooler = async (ramps: OffRamps) => [...await readValues(ramps[0].pooler.weight)];
  const copied = await withFolded(backbone, ramps, examples, pooler);
  assert.deepEqual([await pooler(ramps), liveTensors()], [kept, live]);
  await foldStatistics(backbone, ramps, examples);
  assert.deepEqual(await pooler(ramps), copied);
  assert.ok(largestError(await logits((cls) => cls), expected) < 1e-4);
});
