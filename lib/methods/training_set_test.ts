import assert from "node:assert/strict";
import { liveTensors, log, mul, startBackend, type Tensor } from "../tensor/mod.ts";
import { bert } from "./bert.ts";
import { givenPaths } from "./given_path.ts";
import { infer, type Method } from "./method.ts";
import { tinyBackbone, tinyConfig, tinyExamples } from "./tiny_model.ts";
import { batchSource, meanExecutedLayers, predictAll, predictionOf } from "./training_set.ts";
import { collate } from "../glue/mod.ts";

const { ops } = await startBackend("wasm");
const backbone = tinyBackbone(ops);

Deno.test("batchSource gives the batch of any step again, in any order and from a new source", () => {
  const examples = tinyExamples(21), perEpoch = 6;
  const source = batchSource(examples, 4, "3/stage1");
  const inOrder = Array.from({ length: 2 * perEpoch }, (_, step) => source(step));
  for (const step of [11, 0, 7, 5, 6]) {
    assert.deepEqual(batchSource(examples, 4, "3/stage1")(step), inOrder[step]);
    assert.deepEqual(source(step), inOrder[step]);
  }
  const epochRows = (epoch: number) =>
    inOrder.slice(epoch * perEpoch, (epoch + 1) * perEpoch).flatMap(({ rows }) => rows);
  for (const epoch of [0, 1]) {
    assert.deepEqual(epochRows(epoch).sort((a, b) => a - b), examples.map((_, row) => row));
  }
  assert.notDeepEqual(inOrder.slice(0, 6).map(({ rows }) => rows), inOrder.slice(6).map(({ rows }) => rows));
});

Deno.test("batchSource shuffles by its seed, which names the stage", () => {
  const examples = tinyExamples(40);
  const rows = (seed: string) => batchSource(examples, 40, seed)(0).rows;
  assert.deepEqual(rows("0/stage1"), rows("0/stage1"));
  const first = (seed: string) => batchSource(examples, 8, seed)(0).rows;
  assert.notDeepEqual(first("0/stage1"), first("1/stage1"));
  assert.notDeepEqual(first("0/stage1"), first("0/stage3"));
});

Deno.test("predictAll answers in the examples' order, whatever the batches, and leaves nothing behind", async () => {
  const examples = tinyExamples(70), live = liveTensors(); // three batches, the last one short
  const { predictions, paths } = await predictAll(backbone, "classification", examples, () => bert(backbone));
  assert.equal(liveTensors(), live);
  assert.ok(paths.every((path) => path === "11"));
  for (const row of [0, 33, 69]) {
    const { logits } = await infer(backbone, collate(examples, [row]), bert(backbone));
    assert.equal(predictions[row], logits[1] > logits[0] ? 1 : 0);
  }
});

Deno.test("predictAll hands each batch its rows, so that a path can belong to an example", async () => {
  const examples = tinyExamples(40);
  const wanted = examples.map((_, row) => ["10", "01", "11"][row % 3]);
  const outcome = await predictAll(
    backbone,
    "classification",
    examples,
    (rows) => givenPaths(backbone, () => rows.map((row) => wanted[row])),
  );
  assert.deepEqual(outcome.paths, wanted);
});

Deno.test("the prediction of logits is their first highest class, or their value", () => {
  assert.equal(predictionOf(Float32Array.of(1, 3, 3), "classification"), 1);
  assert.equal(predictionOf(Float32Array.of(2.5), "regression"), 2.5);
});

Deno.test("predictAll of a regression gives the value itself", async () => {
  const examples = tinyExamples(3), one = tinyBackbone(ops, 0, tinyConfig, 1);
  const { predictions } = await predictAll(one, "regression", examples, () => bert(one));
  for (const row of [0, 1, 2]) {
    const { logits: [value] } = await infer(one, collate(examples, [row]), bert(one));
    assert.ok(
      Math.abs(predictions[row] - value) < 1e-5 && Math.abs(value) > 1e-3,
      `${predictions[row]}, ${value}`,
    );
  }
});

Deno.test("predictAll says so when the model's output is not a number", async () => {
  const broken = (): Method => (batch) => ({
    ...bert(backbone)(batch),
    finish: (hidden: Tensor) => log(mul(hidden, NaN)),
  });
  await assert.rejects(predictAll(backbone, "classification", tinyExamples(3), broken), {
    name: "InputError",
    message: /output for example .* is NaN: its training has diverged/,
  });
});

Deno.test("meanExecutedLayers of 10, 11 and 00 is 1", () => {
  assert.equal(meanExecutedLayers(["10", "11", "00"]), 1);
});

Deno.test("predictAll interrupted after any batch goes on with the next one, to the same outcome", async () => {
  const examples = tinyExamples(70);
  const whole = await predictAll(backbone, "regression", examples, () => bert(backbone));
  const stop = new Error("stopped");
  for (const stopAfter of [1, 2, 3]) {
    let saved = "", batches = 0, again = 0;
    const interrupted = predictAll(backbone, "regression", examples, () => bert(backbone), {
      done: null,
      between: (done) => {
        saved = JSON.stringify(done);
        return ++batches === stopAfter ? Promise.reject(stop) : Promise.resolve();
      },
    });
    await assert.rejects(interrupted, stop);
    const between = () => Promise.resolve(void again++);
    const resumed = await predictAll(backbone, "regression", examples, () => bert(backbone), {
      done: JSON.parse(saved),
      between,
    });
    assert.deepEqual(resumed, whole);
    assert.equal(again, 3 - stopAfter);
  }
});
