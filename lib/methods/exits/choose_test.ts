import assert from "node:assert/strict";
import { random, uniforms } from "../../tensor/mod.ts";
import { exitsUnder, patienceFor, thresholdFor } from "./choose.ts";
import { byEntropy, byPatience } from "./rules.ts";

/** Logits of a two-class exit that gives class 0 this probability. */
const sure = (probability: number) => Float32Array.of(Math.log(probability), Math.log(1 - probability));

/** Three examples, three exits: surer and surer; the first one changes its mind at the last exit. */
const exits = [[0.9, 0.99, 0.2], [0.6, 0.8, 0.9], [0.55, 0.6, 0.95]].map((own) => own.map(sure));

Deno.test("exitsUnder leaves each example at the first exit that is sure enough, else at the last", () => {
  // Entropies: 0.9 -> 0.325, 0.8 -> 0.500, 0.6 -> 0.673.
  const at = (threshold: number) => exitsUnder(byEntropy(threshold), exits, "classification");
  assert.deepEqual(at(0), { predictions: [1, 0, 0], meanLayers: 3 });
  assert.deepEqual(at(0.4), { predictions: [0, 0, 0], meanLayers: 7 / 3 });
  assert.deepEqual(at(0.51), { predictions: [0, 0, 0], meanLayers: 2 });
  assert.deepEqual(at(0.7), { predictions: [0, 0, 0], meanLayers: 1 });
});

Deno.test("exitsUnder of a regression gives the value of the exit", () => {
  const values = [[1, 1.05, 4], [1, 2, 3]].map((own) => own.map((x) => Float32Array.of(x)));
  assert.deepEqual(exitsUnder(byPatience(1, "regression"), values, "regression"), {
    predictions: [Math.fround(1.05), 3],
    meanLayers: 2.5,
  });
});

Deno.test("thresholdFor finds the threshold nearest to the wanted layers, both ends included", () => {
  const layers = (wanted: number) => thresholdFor(exits, wanted).meanLayers;
  assert.deepEqual([layers(3), layers(2.3), layers(1), layers(0.1), layers(9)], [3, 7 / 3, 1, 1, 3]);
});

Deno.test("thresholdFor's mean layers are what leaving by its threshold gives, and no other is nearer", () => {
  const many = Array.from(
    { length: 50 },
    (_, row) =>
      Array.from({ length: 6 }, (_, layer) => sure(0.5 + 0.49 * uniforms(random(row, layer), 1)[0])),
  );
  for (const wanted of [1.3, 2, 3.7, 5.5]) {
    const { knob, meanLayers } = thresholdFor(many, wanted);
    assert.equal(exitsUnder(byEntropy(knob), many, "classification").meanLayers, meanLayers);
    for (let other = 0; other < 0.7; other += 0.005) {
      const found = exitsUnder(byEntropy(other), many, "classification").meanLayers;
      assert.ok(Math.abs(found - wanted) >= Math.abs(meanLayers - wanted) - 1e-12);
    }
  }
});

Deno.test("patienceFor tries every patience; never stopping is one of them", () => {
  const agreeing = [[0.9, 0.9, 0.9], [0.9, 0.9, 0.9]].map((own) => own.map(sure));
  assert.deepEqual(patienceFor(agreeing, 2, "classification"), { knob: 1, meanLayers: 2 });
  assert.deepEqual(patienceFor(agreeing, 3, "classification"), { knob: 0, meanLayers: 3 });
});
