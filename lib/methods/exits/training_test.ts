import assert from "node:assert/strict";
import { collate, type EncodedExample } from "../../glue/mod.ts";
import {
  leaves,
  liveTensors,
  random,
  read,
  readValues,
  setValues,
  startBackend,
  tidy,
  webgpuAdapter,
} from "../../tensor/mod.ts";
import { fineTune } from "../fine_tune.ts";
import { infer } from "../method.ts";
import { slopes } from "../slopes.ts";
import { tinyBackbone, tinyBatch, tinyConfig, tinySet } from "../tiny_model.ts";
import { predictionOf } from "../training_set.ts";
import { thresholdFor } from "./choose.ts";
import { type OffRampSettings, trainOffRamps } from "./deebert.ts";
import { exiting, exitLogits } from "./exiting.ts";
import { exitWeights, sumOfRamps, weightedExits } from "./losses.ts";
import { randomOffRamps } from "./off_ramps.ts";
import { type JointSettings, trainJointly } from "./pabee.ts";
import { byEntropy } from "./rules.ts";

const { ops } = await startBackend("wasm");
const config = { ...tinyConfig, numLayers: 3 };
const model = () => ({
  backbone: tinyBackbone(ops, 0, config),
  ramps: randomOffRamps(3, 8, 2, random(1, "ramps")),
});
const batch = tinyBatch(6), options = { now: () => 0 };
const settings: OffRampSettings = {
  steps: 60,
  batchSize: 8,
  learningRate: 1e-2,
  warmup: 0.1,
  weightDecay: 0.01,
  clipNorm: 1,
  exitInput: "raw",
};
const joint: JointSettings = {
  ...settings,
  steps: 60,
  learningRate: 2e-2,
  trainEmbeddings: true,
  evaluations: 2,
};
const valuesOf = async (tree: unknown) =>
  await Promise.all(leaves(tree).map(async ({ param }) => [...await readValues(param)]));

Deno.test("exitWeights of three layers are 1/6, 2/6 and 3/6", () => {
  exitWeights(3).forEach((weight, layer) => assert.ok(Math.abs(weight - (layer + 1) / 6) < 1e-12));
});

Deno.test("fresh exits of equal odds have the loss ln 2: their sum is 2 ln 2, their weighted mean ln 2", async () => {
  const { backbone, ramps } = model();
  for (const { weight } of [backbone.params.classifier, ...ramps.map(({ classifier }) => classifier)]) {
    setValues(weight, new Float32Array(16));
  }
  for (const input of ["raw", "standardised"] as const) {
    const [sum, mean] = tidy(() => [
      sumOfRamps(backbone, ramps, "classification", batch, input),
      weightedExits(backbone, ramps, "classification", batch, input).joint,
    ]);
    assert.ok(Math.abs((await read(sum))[0] - 2 * Math.log(2)) < 1e-6);
    assert.ok(Math.abs((await read(mean))[0] - Math.log(2)) < 1e-6);
  }
});

for (const input of ["raw", "standardised"] as const) {
  Deno.test(`gradients of both losses are their slopes with ${input} inputs; DeeBERT's reach the ramps only`, async () => {
    const { backbone, ramps } = model(), all = [...leaves(ramps, "ramps"), ...leaves(backbone.params)];
    const jointly = await slopes(
      () => weightedExits(backbone, ramps, "classification", batch, input).joint,
      all,
    );
    const onRamps = await slopes(
      () => sumOfRamps(backbone, ramps, "classification", batch, input),
      leaves(ramps, "ramps"),
    );
    for (const { path, slope, gradient } of [...jointly, ...onRamps]) {
      assert.ok(Math.abs(slope - gradient) < 2e-3 + 2e-2 * Math.abs(slope), `${path}: ${slope}, ${gradient}`);
    }
    await assert.rejects(
      slopes(() => sumOfRamps(backbone, ramps, "classification", batch, input), leaves(backbone.params)),
      /Cannot find a connection between any variable and the result/,
    );
  });
}

Deno.test("trainOffRamps lets the ramps learn and leaves the backbone as it is, to the bit", async () => {
  for (const exitInput of ["raw", "standardised"] as const) {
    const { backbone, ramps } = model(), live: number[] = [];
    await fineTune(backbone, tinySet(), joint, 0, options);
    const before = await valuesOf(backbone.params);
    const { curve } = await trainOffRamps(backbone, ramps, tinySet(), { ...settings, exitInput }, 0, {
      ...options,
      onProgress: () => live.push(liveTensors()),
    });
    const losses = curve.map(({ loss }) => loss), later = losses.slice(-4);
    assert.ok(later.every((loss) => loss < losses[0] / 1.5), String(losses));
    assert.deepEqual(await valuesOf(backbone.params), before);
    assert.equal(new Set(live).size, 1, String(live));
  }
});

Deno.test("trainJointly teaches every exit the rule, with and without standardised inputs", async () => {
  for (const exitInput of ["raw", "standardised"] as const) {
    const { backbone, ramps } = model(), set = tinySet();
    const { evaluations, selected } = await trainJointly(
      backbone,
      ramps,
      set,
      { ...joint, exitInput },
      0,
      options,
    );
    const exits = await exitLogits(backbone, ramps, "classification", set.heldOut);
    const labels = set.heldOut.map(({ label }) => label!);
    const scores = [0, 1, 2].map((layer) =>
      set.score(exits.map((own) => predictionOf(own[layer], "classification")), labels)
    );
    assert.ok(scores.every((score) => score >= 80), `${exitInput}: ${scores}`);
    // The selected score is that of the very model that is left, its statistics folded in.
    const weighted = (scores[0] + 2 * scores[1] + 3 * scores[2]) / 6;
    assert.ok(Math.abs(weighted - selected!.score) < 1e-9, `${weighted}, ${selected!.score}`);
    assert.deepEqual(evaluations.map(({ step }) => step), [30, 60]);
  }
});

const adapter = await webgpuAdapter();
Deno.test({
  name: `webgpu trains exits to the losses of wasm and leaves them at the same layers${
    adapter ? "" : " (ignored: this machine has no WebGPU adapter)"
  }`,
  ignore: !adapter,
  fn: async () => {
    const { train, heldOut, ...rest } = tinySet();
    const even = (rows: EncodedExample[]) => rows.filter(({ tokenIds }) => tokenIds.length === 4); // few shaders
    const set = {
      ...rest,
      train: even([...train, ...heldOut]).slice(0, 8),
      heldOut: even(train).slice(0, 8),
    };
    const trained = async (name: "wasm" | "webgpu") => {
      const { ops } = await startBackend(name), backbone = tinyBackbone(ops, 0, config);
      const ramps = randomOffRamps(3, 8, 2, random(1, "ramps")), live: number[] = [];
      const short = { ...joint, steps: 3, evaluations: 1, exitInput: "standardised" as const };
      const { curve } = await trainJointly(backbone, ramps, set, short, 0, {
        ...options,
        onProgress: () => live.push(liveTensors()),
      });
      const exits = await exitLogits(backbone, ramps, "classification", set.heldOut);
      const rule = byEntropy(thresholdFor(exits, 2).knob);
      const { paths } = await infer(
        backbone,
        collate(set.heldOut, set.heldOut.map((_, row) => row)),
        exiting(backbone, ramps, rule),
      );
      assert.equal(new Set(live).size, 1, String(live));
      return { losses: curve.map(({ loss }) => loss), paths };
    };
    const wasm = await trained("wasm"), webgpu = await trained("webgpu");
    await startBackend("wasm");
    assert.deepEqual(webgpu.paths, wasm.paths);
    webgpu.losses.forEach((loss, at) => assert.ok(Math.abs(loss - wasm.losses[at]) < 1e-3));
  },
});

Deno.test("trainJointly repeats itself to the bit and starts a regression's heads at the mean label", async () => {
  const still = { ...joint, steps: 1, evaluations: 1, learningRate: 1e-30 };
  const scores = { ...tinySet(), kind: "regression" as const, score: () => 0 };
  const ramps = randomOffRamps(3, 8, 1, random(1, "ramps"));
  const one = tinyBackbone(ops, 0, config, 1);
  await trainJointly(one, ramps, scores, still, 0, options);
  const mean = scores.train.reduce((sum, { label }) => sum + label!, 0) / scores.train.length;
  for (const { bias } of [one.params.classifier, ...ramps.map(({ classifier }) => classifier)]) {
    assert.ok(Math.abs((await readValues(bias))[0] - mean) < 1e-6);
  }
  const twice = [];
  for (let run = 0; run < 2; run++) {
    const { backbone, ramps } = model();
    await trainJointly(
      backbone,
      ramps,
      tinySet(),
      { ...joint, steps: 4, exitInput: "standardised" },
      0,
      options,
    );
    twice.push(await valuesOf([backbone.params, ramps]));
  }
  assert.deepEqual(twice[0], twice[1]);
  const { backbone, ramps: fresh } = model();
  assert.notDeepEqual(twice[0], await valuesOf([backbone.params, fresh]));
});
