import assert from "node:assert/strict";
import { randomAffine } from "../bert/mod.ts";
import { leaves, liveTensors, random, readValues, startBackend } from "../tensor/mod.ts";
import { fineTune, type FineTuneSettings, trainableLeaves } from "./fine_tune.ts";
import { tinyBackbone, tinySet } from "./tiny_model.ts";

const { ops } = await startBackend("wasm");
const settings: FineTuneSettings = {
  steps: 60,
  batchSize: 8,
  learningRate: 2e-2,
  warmup: 0.1,
  weightDecay: 0.01,
  clipNorm: 1,
  trainEmbeddings: false,
  evaluations: 3,
};

const embeddingValues = async (backbone: ReturnType<typeof tinyBackbone>) =>
  await Promise.all(leaves(backbone.params.embeddings).map(({ param }) => readValues(param)));

Deno.test("trainableLeaves leaves out the embeddings, their LayerNorm included, unless told otherwise", () => {
  const backbone = tinyBackbone(ops);
  const frozen = trainableLeaves(backbone, false).map(({ path }) => path);
  assert.ok(frozen.includes("pooler.weight") && !frozen.some((path) => path.startsWith("embeddings")));
  assert.equal(trainableLeaves(backbone, true).length, frozen.length + 5);
});

Deno.test("fineTune learns the rule, evaluates as often as asked and keeps frozen embeddings to the bit", async () => {
  const backbone = tinyBackbone(ops), before = await embeddingValues(backbone), live: number[] = [];
  const { curve, evaluations, selected } = await fineTune(backbone, tinySet(), settings, 0, {
    now: () => 0,
    onProgress: () => live.push(liveTensors()),
  });
  assert.ok(curve.at(-1)!.loss < 0.3 && curve[0].loss > 0.5, `${curve[0].loss} -> ${curve.at(-1)!.loss}`);
  assert.deepEqual(evaluations.map(({ step }) => step), [20, 40, 60]);
  assert.equal(selected!.score, Math.max(...evaluations.map(({ score }) => score)));
  assert.deepEqual(await embeddingValues(backbone), before);
  assert.equal(new Set(live).size, 1, String(live));
});

Deno.test("fineTune moves the embeddings where they are trained, and repeats itself to the bit", async () => {
  const results: Float32Array[][] = [];
  for (let run = 0; run < 2; run++) {
    const backbone = tinyBackbone(ops);
    await fineTune(backbone, tinySet(), { ...settings, steps: 4, trainEmbeddings: true }, 0, {
      now: () => 0,
    });
    results.push(await Promise.all(leaves(backbone.params).map(({ param }) => readValues(param))));
  }
  assert.deepEqual(results[0], results[1]);
  assert.notDeepEqual(results[0].slice(0, 1), (await embeddingValues(tinyBackbone(ops))).slice(0, 1));
});

Deno.test("fineTune of a regression starts its head at the training rows' mean label", async () => {
  const backbone = tinyBackbone(ops), data = tinySet(), { params } = backbone;
  const classifier = randomAffine(1, 8, random(0, "head"));
  const one = { ...backbone, params: { ...params, classifier } };
  const scores = { ...data, kind: "regression" as const, score: () => 0 };
  const rising = scores.train.map((example, row) => ({ ...example, label: row < 20 ? 4 : 2 }));
  // A learning rate of almost 0, so that what is left is the start.
  const still = { ...settings, steps: 1, learningRate: 1e-30, evaluations: 1 };
  await fineTune(one, { ...scores, train: rising }, still, 0, { now: () => 0 });
  assert.deepEqual([...await readValues(classifier.bias)], [3]);
});
