import assert from "node:assert/strict";
import { largestError } from "../tensor/finite_differences.ts";
import { leaves, readValues, startBackend } from "../tensor/mod.ts";
import { bert } from "./bert.ts";
import { fineTune, fineTuneFurther } from "./fine_tune.ts";
import { firstLayersPath, fixedPath } from "./fixed_path.ts";
import { givenPaths } from "./given_path.ts";
import { infer } from "./method.ts";
import { openInference } from "./open_inference.ts";
import { tinyBackbone, tinyBatch, tinySet } from "./tiny_model.ts";

const { ops } = await startBackend("wasm");
const backbone = tinyBackbone(ops), batch = tinyBatch(3);

/** Operations that count the layers they run. */
function counting() {
  const counted = { layers: 0 };
  const attention = (...args: Parameters<typeof ops.attention>) => {
    counted.layers++;
    return ops.attention(...args);
  };
  return { counted, ops: { ...ops, attention } };
}

Deno.test("firstLayersPath executes the first layers and has one character per layer", () => {
  assert.deepEqual([1, 2, 4].map((k) => firstLayersPath(k, 4)), ["1000", "1100", "1111"]);
});

Deno.test("fixedPath takes one path for all rows, does not compute the others' layers, and says so", async () => {
  for (const path of ["10", "01", "00", "11"]) {
    const { counted, ops } = counting(), own = { ...backbone, ops };
    const found = await infer(own, batch, fixedPath(own, path));
    assert.deepEqual(found.paths, [path, path, path]);
    assert.equal(counted.layers, [...path].filter((executed) => executed === "1").length);
    assert.deepEqual(found, await infer(backbone, batch, givenPaths(backbone, () => found.paths)));
  }
  assert.deepEqual(
    await infer(backbone, batch, fixedPath(backbone, "11")),
    await infer(backbone, batch, bert(backbone)),
  );
});

Deno.test("fixedPath open for inference gives the same logits", async () => {
  const open = openInference(backbone, (own) => fixedPath(own, "01")), one = tinyBatch(1);
  const [found, expected] = [await open.infer(one), await infer(backbone, one, fixedPath(backbone, "01"))];
  assert.deepEqual(found.paths, ["01"]);
  assert.ok(largestError(found.logits, expected.logits) < 1e-5);
  open.dispose();
});

const settings = {
  steps: 4,
  batchSize: 8,
  learningRate: 2e-2,
  warmup: 0.1,
  weightDecay: 0.01,
  clipNorm: 1,
  trainEmbeddings: true,
  evaluations: 1,
};

/** The layers (and other parameters) that a training of a few steps moves. */
async function movedBy(train: (backbone: ReturnType<typeof tinyBackbone>) => Promise<unknown>) {
  const own = tinyBackbone(ops), moved = new Set<string>();
  const before = new Map<string, string>();
  for (const { path, param } of leaves(own.params)) before.set(path, String(await readValues(param)));
  await train(own);
  for (const { path, param } of leaves(own.params)) {
    if (String(await readValues(param)) !== before.get(path)) {
      moved.add(path.split(".").slice(0, 2).join("."));
    }
  }
  return moved;
}

Deno.test("fineTune on a path moves the layers it executes, head and embeddings, and no other layer", async () => {
  const moved = await movedBy((own) => fineTune(own, tinySet(), settings, 0, { now: () => 0 }, "10"));
  assert.deepEqual([moved.has("layers.0"), moved.has("layers.1")], [true, false]);
  assert.ok(moved.has("classifier.weight") && moved.has("embeddings.word"));
});

Deno.test("fineTuneFurther goes on from what is there, on other batches than fineTune's", async () => {
  const losses = async (train: typeof fineTune) => {
    const { curve } = await train(tinyBackbone(ops), tinySet(), settings, 0, { now: () => 0 });
    return curve[0].loss;
  };
  assert.notEqual(await losses(fineTune), await losses(fineTuneFurther));
  const moved = await movedBy((own) => fineTuneFurther(own, tinySet(), settings, 0, { now: () => 0 }, "01"));
  assert.deepEqual([moved.has("layers.0"), moved.has("layers.1")], [false, true]);
});
