import assert from "node:assert/strict";
import { composedOps } from "../../tensor/composed.ts";
import { largestError } from "../../tensor/finite_differences.ts";
import { liveTensors, random, startBackend } from "../../tensor/mod.ts";
import { bert } from "../bert.ts";
import { infer } from "../method.ts";
import { openInference } from "../open_inference.ts";
import { tinyBackbone, tinyBatch, tinyConfig, tinyExamples } from "../tiny_model.ts";
import { executedLayers } from "../training_set.ts";
import { thresholdFor } from "./choose.ts";
import { exiting, exitLogits } from "./exiting.ts";
import { randomOffRamps } from "./off_ramps.ts";
import { byEntropy, byPaths, type ExitRule, predictionEntropy } from "./rules.ts";

const { ops } = await startBackend("wasm");
const config = { ...tinyConfig, numLayers: 4 };
const backbone = tinyBackbone(ops, 0, config), batch = tinyBatch(6);
const ramps = randomOffRamps(4, 8, 2, random(1, "ramps"));
for (const { pooler, classifier } of ramps) {
  // Wide enough for entropies to differ.
  for (const { weight } of [pooler, classifier]) {
    const wide = weight.mul(40);
    weight.assign(wide as typeof weight);
    wide.dispose();
  }
}
const exits = await exitLogits(backbone, ramps, "classification", tinyExamples(6));
/** Splits the examples: half of the layers run. */
const threshold = thresholdFor(exits, 2).knob;

Deno.test("exitLogits asks every exit about every example, the backbone's head last", async () => {
  assert.deepEqual(exits.map((own) => own.map(({ length }) => length)), Array(6).fill([2, 2, 2, 2]));
  const { logits } = await infer(backbone, batch, bert(backbone));
  assert.ok(largestError(exits.flatMap((own) => [...own[3]]), logits) < 1e-5);
});

Deno.test("exiting leaves each input where its rule says, with that exit's logits and path", async () => {
  const live = liveTensors(),
    found = await infer(backbone, batch, exiting(backbone, ramps, byEntropy(threshold)));
  assert.equal(liveTensors(), live);
  assert.ok(new Set(found.paths).size > 2, String(found.paths));
  exits.forEach((own, row) => {
    const at = own.slice(0, 3).findIndex((logits) => predictionEntropy(logits) < threshold);
    const layer = at < 0 ? 3 : at;
    assert.equal(found.paths[row], "1".repeat(layer + 1).padEnd(4, "0"));
    assert.ok(largestError(found.logits.subarray(2 * row, 2 * row + 2), own[layer]) < 1e-5);
  });
});

Deno.test("exiting computes no layer for an input that has left, and none at all when all have", async () => {
  const rowsRun: number[] = [];
  const attention = (...args: Parameters<typeof ops.attention>) => {
    rowsRun.push(args[0].shape[0]);
    return ops.attention(...args);
  };
  const own = { ...backbone, ops: { ...ops, attention } };
  const { paths } = await infer(own, batch, exiting(own, ramps, byEntropy(threshold)));
  const running = [0, 1, 2, 3].map((layer) => paths.filter((path) => path[layer] === "1").length);
  assert.deepEqual(rowsRun, running.filter((rows) => rows > 0));
  assert.ok(running[3] < 6);
  rowsRun.length = 0;
  const atOnce: ExitRule = () => () => true;
  assert.deepEqual((await infer(own, batch, exiting(own, ramps, atOnce))).paths, Array(6).fill("1000"));
  assert.deepEqual(rowsRun, [6]);
});

Deno.test("exiting byPaths leaves each input where its path ends, with that exit's logits", async () => {
  const paths = ["1000", "1111", "1100", "1110", "1000", "1111"];
  const found = await infer(backbone, batch, exiting(backbone, ramps, byPaths(paths)));
  assert.deepEqual(found.paths, paths);
  const expected = exits.flatMap((own, row) => [...own[executedLayers(paths[row]) - 1]]);
  assert.ok(largestError(found.logits, expected) < 1e-5);
});

Deno.test("exiting gives the same open for inference, alone, and where nothing can be read in between", async () => {
  const rule = byEntropy(threshold), together = await infer(backbone, batch, exiting(backbone, ramps, rule));
  const masked = { ...backbone, ops: { ...composedOps("wasm"), valuesNow: () => null } };
  const blind = await infer(masked, batch, exiting(masked, ramps, rule));
  assert.deepEqual(blind.paths, together.paths);
  assert.ok(largestError(blind.logits, together.logits) < 1e-5);
  const open = openInference(backbone, (own) => exiting(own, ramps, rule)), all = tinyExamples(6);
  for (const [row, example] of all.entries()) {
    const ids = Int32Array.from(example.tokenIds), length = ids.length;
    const alone = {
      tokenIds: ids,
      segmentIds: new Int32Array(length),
      mask: new Float32Array(length).fill(1),
      size: 1,
      length,
    };
    const found = await open.infer(alone);
    assert.equal(found.paths[0], together.paths[row]);
    assert.ok(largestError(found.logits, together.logits.subarray(2 * row, 2 * row + 2)) < 1e-5);
  }
  open.dispose();
});
