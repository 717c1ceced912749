import assert from "node:assert/strict";
import { type BertConfig, type PaddedBatch, randomBert } from "../bert/mod.ts";
import { readConfig } from "../config.ts";
import { largestError } from "../tensor/finite_differences.ts";
import { composedOps } from "../tensor/composed.ts";
import { wasmBackend } from "../tensor/heap.ts";
import { disposeTree, floatTensor, liveBytes, liveTensors, random, startBackend } from "../tensor/mod.ts";
import { setValues } from "../tensor/params.ts";
import { bert } from "./bert.ts";
import { dpbert, type Planner, randomPlanner } from "./dpbert/plan.ts";
import { givenPaths } from "./given_path.ts";
import { type Backbone, infer } from "./method.ts";
import { openInference } from "./open_inference.ts";

const { blas, simd } = readConfig();
const { ops } = await startBackend("wasm", { blas, simd });

/** Widths that are no multiple of 8 or 4, so that every kernel has a rest. */
const config: BertConfig = {
  vocabSize: 50,
  hiddenSize: 30,
  numLayers: 3,
  numHeads: 5,
  intermediateSize: 37,
  maxPositions: 128,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};
const lengths = [3, 128, 1, 7, 64, 1, 31, 128, 3];

const backboneWith = (outputs: number): Backbone => ({
  ops,
  config,
  params: randomBert(config, outputs, random(0, "backbone"), 0.3),
});
const backbone = backboneWith(3);

/** Random inputs of `length` tokens; the second half is segment 1. */
function input(length: number, size = 1): PaddedBatch {
  const rng = random(length, "ids"), count = size * length;
  return {
    tokenIds: Int32Array.from({ length: count }, () => Math.floor(rng() * config.vocabSize)),
    segmentIds: Int32Array.from({ length: count }, (_, i) => 2 * (i % length) < length ? 0 : 1),
    mask: new Float32Array(count).fill(1),
    size,
    length,
  };
}

const composed = <B extends Backbone>(backbone: B): B => ({ ...backbone, ops: composedOps("wasm") });

Deno.test("open inference gives the composed operations' logits at every length, from call to call", async () => {
  const model = openInference(backbone, bert);
  for (const length of lengths) {
    const found = await model.infer(input(length));
    const expected = await infer(composed(backbone), input(length), bert(composed(backbone)));
    assert.deepEqual(found.paths, ["111"]);
    assert.ok(largestError(found.logits, expected.logits) < 2e-5, `${length} tokens`);
  }
  model.dispose();
});

Deno.test("open inference of a regression gives the composed operations' value", async () => {
  const regression = backboneWith(1), model = openInference(regression, bert);
  const { logits } = await model.infer(input(7));
  const expected = await infer(composed(regression), input(7), bert(composed(regression)));
  assert.equal(logits.length, 1);
  assert.ok(largestError(logits, expected.logits) < 2e-5);
  model.dispose();
  disposeTree(regression.params);
});

Deno.test("open inference skips the layers that a path leaves out, the first and all of them included", async () => {
  for (const path of ["010", "100", "001", "000"]) {
    const model = openInference(backbone, (own) => givenPaths(own, () => [path]));
    const found = await model.infer(input(7));
    const reference = composed(backbone);
    const expected = await infer(reference, input(7), givenPaths(reference, () => [path]));
    assert.deepEqual(found.paths, [path]);
    assert.ok(largestError(found.logits, expected.logits) < 2e-5, path);
    model.dispose();
  }
});

/** A planner whose logits differ from input to input. */
function sensitive(): Planner {
  const planner = randomPlanner(config.numLayers, config.hiddenSize, random(2, "planner"));
  for (const { weight } of planner) setValues(weight, weight.dataSync().map((x) => 20 * x) as Float32Array);
  return planner;
}

Deno.test("open inference's planner takes the composed operations' paths, which differ between inputs", async () => {
  const planner = sensitive(), model = openInference(backbone, (own) => dpbert(own, planner));
  const reference = composed(backbone), seen = new Set<string>();
  for (let length = 1; length <= 40; length++) {
    const found = await model.infer(input(length));
    const expected = await infer(reference, input(length), dpbert(reference, planner));
    assert.deepEqual(found.paths, expected.paths);
    assert.ok(largestError(found.logits, expected.logits) < 2e-5);
    seen.add(found.paths[0]);
  }
  assert.ok(seen.size > 1, [...seen].join());
  model.dispose();
  disposeTree(planner);
});

Deno.test("open inference takes a padded batch too, skipping row by row", async () => {
  const paths = ["010", "111", "000"], batch = input(7, 3);
  batch.mask.set([0, 0, 0], 11); // the second row has 4 tokens
  const model = openInference(backbone, (own) => givenPaths(own, () => paths));
  const found = await model.infer(batch), reference = composed(backbone);
  const expected = await infer(reference, batch, givenPaths(reference, () => paths));
  assert.deepEqual(found.paths, paths);
  assert.ok(largestError(found.logits, expected.logits) < 2e-5);
  model.dispose();
});

Deno.test("after the longest input, 200 more allocate nothing: no tensor, no byte of tfjs's, no heap", async () => {
  const planner = sensitive(), model = openInference(backbone, (own) => dpbert(own, planner));
  const { wasm } = wasmBackend();
  const state = () => [liveTensors(), liveBytes(), wasm.HEAPU8.length];
  for (const length of [128, 128]) await model.infer(input(length));
  const stock = wasm._malloc;
  let allocations = 0;
  wasm._malloc = (bytes) => (allocations++, stock(bytes));
  const before = state();
  for (let i = 0; i < 200; i++) await model.infer(input(lengths[i % lengths.length]));
  wasm._malloc = stock;
  assert.deepEqual([state(), allocations], [before, 0]);
  model.dispose();
  disposeTree(planner);
});

Deno.test("open inference gives its memory back: opening it again and again does not let the heap grow", async () => {
  const { wasm } = wasmBackend();
  const once = async () => {
    const model = openInference(backbone, bert);
    await model.infer(input(128));
    model.dispose();
  };
  await once();
  const before = wasm.HEAPU8.length;
  for (let i = 0; i < 200; i++) await once();
  assert.equal(wasm.HEAPU8.length, before);
});

Deno.test("open inference refuses a token beyond the vocabulary by its number", async () => {
  const model = openInference(backbone, bert), wrong = input(3);
  wrong.tokenIds[1] = 50;
  await assert.rejects(() => model.infer(wrong), /embed: row 50 of a tensor with 50 rows/);
  assert.equal((await model.infer(input(3))).paths[0], "111");
  model.dispose();
});

Deno.test("two open models of one process do not touch each other's weights or values", async () => {
  const other: Backbone = { ops, config, params: randomBert(config, 3, random(1, "other"), 0.3) };
  const [a, b] = [backbone, other].map((backbone) => openInference(backbone, bert));
  const alone = await a.infer(input(7));
  await b.infer(input(64));
  assert.deepEqual(await a.infer(input(7)), alone);
  assert.notDeepEqual((await b.infer(input(7))).logits, alone.logits);
  a.dispose();
  b.dispose();
  disposeTree(other.params);
});

Deno.test("parameters that are assigned anew are laid out anew", async () => {
  const own = backboneWith(3), model = openInference(own, bert), first = await model.infer(input(7));
  const { weight } = own.params.layers[1].intermediate,
    next = floatTensor(new Float32Array(weight.size), weight.shape);
  weight.assign(next);
  const second = await model.infer(input(7));
  assert.notDeepEqual(second.logits, first.logits);
  const expected = await infer(composed(own), input(7), bert(composed(own)));
  assert.ok(largestError(second.logits, expected.logits) < 2e-5);
  next.dispose();
  model.dispose();
  disposeTree(own.params);
});
