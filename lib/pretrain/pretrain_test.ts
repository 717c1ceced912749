import assert from "node:assert/strict";
import { randomBert } from "../bert/mod.ts";
import { curriculum, microVocabulary } from "../micro/mod.ts";
import {
  disposeTree,
  floatTensor,
  leaves,
  liveTensors,
  random,
  read,
  readValues,
  setValues,
  startBackend,
  tidy,
} from "../tensor/mod.ts";
import { wordPieceFromVocab } from "../text/mod.ts";
import { Stopped } from "../train/mod.ts";
import { pretextBatch } from "./batches.ts";
import { maskedExample } from "./examples.ts";
import { pretextLogits, pretextLosses, randomHeads } from "./heads.ts";
import { type Phase, pretrain, type PretrainOptions } from "./pretrain.ts";
import { phasesOf, pretrainedShape, pretrainRecipe } from "./recipe.ts";

const { ops } = await startBackend("wasm", { blas: "off" });
const wordPiece = wordPieceFromVocab(microVocabulary().join("\n") + "\n");
const stream = { wordPiece, seed: 0 };
const recipe = pretrainRecipe({
  shallowLayers: 1,
  factsSteps: 1,
  storiesSteps: 1,
  shallowSteps: 2,
  steps: 4,
  batchSize: 4,
  evaluations: 1,
  evaluationRows: 32,
  numLayers: 2,
  hiddenSize: 8,
  numHeads: 2,
  intermediateSize: 8,
});
const settings = { ...recipe, phases: phasesOf(recipe) };
const config = pretrainedShape(recipe, wordPiece.vocabSize);
const bert = () => randomBert(config, 1, random(0, "test"), recipe.deviation);

Deno.test("Even odds cost ln 2 where there are two answers, whatever a rare answer counts", async () => {
  const batch = {
    ...pretextBatch([maskedExample(0, stream)]),
    masked: { places: Int32Array.of(0), answers: Float32Array.of(1) },
    replaced: { places: Int32Array.of(0, 1, 2), answers: Float32Array.of(0, 1, 0) },
    follows: { places: Int32Array.of(0), answers: Float32Array.of(1) },
  };
  const even = (rows: number) => floatTensor(new Float32Array(2 * rows), [rows, 2]);
  const logits = { masked: even(1), replaced: even(3), follows: even(1) };
  const losses = pretextLosses(ops, logits, batch, { follows: 1, replaced: 1, rare: 3 });
  for (const loss of Object.values(losses)) {
    assert.ok(Math.abs((await read(loss))[0] - Math.LN2) < 1e-6);
  }
});

Deno.test("A replaced word counts as much as `rare` kept ones", async () => {
  const batch = {
    ...pretextBatch([maskedExample(0, stream)]),
    replaced: { places: Int32Array.of(0, 1), answers: Float32Array.of(0, 1) },
  };
  // The kept word costs ln(1 + e^0) = ln 2, the replaced one ln(1 + e^2).
  const logits = {
    masked: floatTensor(new Float32Array(batch.masked.places.length * 2), [batch.masked.places.length, 2]),
    replaced: floatTensor([0, 0, 2, 0], [2, 2]),
    follows: floatTensor([0, 0], [1, 2]),
  };
  const asked = { ...batch, masked: { ...batch.masked, answers: batch.masked.answers.map(() => 0) } };
  const { replaced } = pretextLosses(ops, logits, {
    ...asked,
    follows: { places: Int32Array.of(0), answers: Float32Array.of(0) },
  }, { follows: 1, replaced: 1, rare: 3 });
  const expected = (Math.LN2 + 3 * Math.log(1 + Math.exp(2))) / 4;
  assert.ok(Math.abs((await read(replaced))[0] - expected) < 1e-6);
});

Deno.test("Word embeddings decode as well: raising the bias and row of one word raises its logit everywhere", async () => {
  const params = bert(), heads = randomHeads(config, random(0, "heads"), recipe.deviation);
  const batch = pretextBatch([maskedExample(1, stream)]), count = batch.masked.places.length;
  const hidden = floatTensor(new Float32Array(batch.length * 8).map((_, i) => Math.sin(i)), [
    1,
    batch.length,
    8,
  ]);
  const logitsOf = async () =>
    await read(tidy(() => pretextLogits(ops, params, heads, config, hidden, batch).masked));
  const before = await logitsOf();
  const bias = await readValues(heads.wordBias);
  setValues(heads.wordBias, bias.map((b, word) => word === 5 ? b + 1 : b));
  const after = await logitsOf();
  assert.equal(before.length, count * wordPiece.vocabSize);
  before.forEach((logit, at) => {
    const added = at % wordPiece.vocabSize === 5 ? 1 : 0;
    assert.ok(Math.abs(after[at] - logit - added) < 1e-5);
  });
  disposeTree(params);
  disposeTree(heads);
  hidden.dispose();
});

Deno.test("Pre-training stopped and continued ends in the same weights, and leaves no tensor behind", async () => {
  const folder = await Deno.makeTempDir(),
    total = phasesOf(recipe).reduce((sum, { steps }) => sum + steps, 0);
  const checkpointFile = ({ name }: Phase) => `${folder}/${name}.safetensors`;
  const weights = async (stopAfter: number, options: Pick<PretrainOptions, "checkpointFile">) => {
    const params = bert();
    let steps = 0;
    const shouldStop = () => ++steps > stopAfter;
    const work = () =>
      pretrain(ops, config, params, stream, settings, { now: () => 0, shouldStop, ...options });
    if (stopAfter < total) await assert.rejects(work, Stopped);
    else await work();
    const values = await Promise.all(leaves(params).map(async ({ param }) => [...await readValues(param)]));
    disposeTree(params);
    return values;
  };
  try {
    const before = liveTensors();
    const undisturbed = await weights(100, {});
    await weights(1, { checkpointFile }); // after the facts
    await weights(1, { checkpointFile }); // in the shallow phase
    await weights(1, { checkpointFile }); // in the deep one
    assert.deepEqual(await weights(100, { checkpointFile }), undisturbed);
    assert.equal(liveTensors(), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("A recipe refuses keys and values it does not know, naming them", () => {
  assert.throws(() => pretrainRecipe({ stepz: 3 }), /--set stepz: there is no such setting/);
  assert.throws(() => pretrainRecipe({ steps: 0 }), /--set steps=0:/);
  assert.throws(() => pretrainedShape(pretrainRecipe({ numHeads: 5 }), 10), /numHeads=5 does not divide/);
});

Deno.test("The deep phase begins with the shallow layers, each next to itself", async () => {
  const config = { ...pretrainedShape(recipe, wordPiece.vocabSize), numLayers: 3 };
  const params = randomBert(config, 1, random(0, "test"), recipe.deviation);
  const kinds = curriculum.all;
  const phases = [
    { name: "shallow", numLayers: 2, steps: 1, learningRate: 1e-3, kinds },
    // At rate 0 what it begins with is what it ends with.
    { name: "shallow still", numLayers: 2, steps: 1, learningRate: 0, kinds },
    { name: "deep", numLayers: 3, steps: 1, learningRate: 0, kinds },
  ];
  await pretrain(ops, config, params, stream, { ...recipe, phases }, { now: () => 0 });
  const [first, second, third] = await Promise.all(
    params.layers.map(({ qkv }) => readValues(qkv.weight)),
  );
  assert.deepEqual(second, first);
  assert.notDeepEqual(third, first);
  disposeTree(params);
});
