import assert from "node:assert/strict";
import {
  leaves,
  liveTensors,
  type Ops,
  random,
  readValues,
  startBackend,
  webgpuAdapter,
} from "../../tensor/mod.ts";
import type { EncodedExample } from "../../glue/mod.ts";
import type { TrainingSet } from "../training_set.ts";
import type { StageResult } from "../../train/mod.ts";
import { fineTune } from "../fine_tune.ts";
import { tinyBackbone, tinySet, tinyStage3 } from "../tiny_model.ts";
import { type Planner, randomPlanner } from "./plan.ts";
import { initialisePlanner, reinforce, type ReinforcementSettings } from "./stages.ts";

const stage1 = {
  steps: 10,
  batchSize: 8,
  learningRate: 5e-3,
  warmup: 0.1,
  weightDecay: 0.01,
  clipNorm: 1,
  trainEmbeddings: true,
  evaluations: 2,
};
const stage2 = { plannerInput: "detached" as const, steps: 6, batchSize: 8, learningRate: 1e-2, clipNorm: 1 };
const stage3 = tinyStage3;

const plannerOf = () => randomPlanner(2, 8, random(0, "planner"));
const valuesOf = async (tree: unknown) =>
  await Promise.all(leaves(tree).map(async ({ param }) => [...await readValues(param)]));

/** All three stages on the tiny model; every step's loss, and what is left. */
async function threeStages(ops: Ops, settings = stage3, data = tinySet()) {
  const backbone = tinyBackbone(ops), planner = plannerOf();
  const losses: number[] = [], live: Record<string, number[]> = {};
  const options = {
    now: () => 0,
    onProgress: ({ stage, loss }: { stage: string; loss: number }) => {
      losses.push(loss);
      (live[stage] ??= []).push(liveTensors());
    },
  };
  const stages: StageResult[] = [];
  stages.push(await fineTune(backbone, data, stage1, 0, options));
  stages.push(await initialisePlanner(backbone, planner, data, stage2, 0, options));
  stages.push(await reinforce(backbone, planner, data, settings, 0, options));
  return { losses, live, stages, values: await valuesOf([backbone.params, planner]) };
}

type Run = Awaited<ReturnType<typeof threeStages>>;
const runs = new Map<"cpu" | "wasm", Promise<Run>>();
/** The three stages on a backend, trained once for all tests here. */
function trained(name: "cpu" | "wasm"): Promise<Run> {
  const run = runs.get(name) ?? startBackend(name).then(({ ops }) => threeStages(ops));
  runs.set(name, run);
  return run;
}

for (const name of ["cpu", "wasm"] as const) {
  Deno.test(`all three stages train on ${name} without leaking a tensor`, async () => {
    const { losses, live, stages } = await trained(name);
    assert.equal(losses.length, 10 + 6 + 8);
    assert.ok(losses.every(Number.isFinite));
    for (const [stage, counts] of Object.entries(live)) {
      // From the first selection on, nothing is added: snapshots live in JavaScript.
      assert.equal(new Set(counts).size, 1, `${stage}: ${counts}`);
    }
    const [, second, third] = stages;
    assert.deepEqual(third.evaluations.map(({ step }) => step), [4, 8]);
    assert.deepEqual(second.evaluations, []);
    const point = third.curve[0];
    assert.deepEqual(Object.keys(point).sort(), [
      "executionRate",
      "loss",
      "meanExecuteProb",
      "step",
      "totalReward",
    ]);
    assert.ok(point.meanExecuteProb > 0.3 && point.meanExecuteProb < 0.9);
  });
}

Deno.test("masked and compacted training take the same actions and have the same losses", async () => {
  const compacted = await trained("wasm");
  const masked = await threeStages({ ...(await startBackend("wasm")).ops, valuesNow: () => null });
  const shares = ({ stages }: typeof masked) => stages[2].curve.map(({ executionRate }) => executionRate);
  assert.deepEqual(shares(masked), shares(compacted));
  masked.losses.forEach((loss, step) =>
    assert.ok(
      Math.abs(loss - compacted.losses[step]) < 1e-5,
      `step ${step}: ${loss}, ${compacted.losses[step]}`,
    )
  );
});

Deno.test("cpu and wasm train to the same losses", async () => {
  const wasm = await trained("wasm"), cpu = await trained("cpu");
  cpu.losses.forEach((loss, step) => assert.ok(Math.abs(loss - wasm.losses[step]) < 1e-4, `step ${step}`));
});

/** `tinySet` cut to four tokens, the held-out rows as many as a batch: few shapes, so few shaders to compile. */
function evenSet(): TrainingSet {
  const { train, heldOut, ...rest } = tinySet();
  const even = (rows: EncodedExample[]) =>
    rows.filter(({ tokenIds }) => tokenIds.length >= 4).map((row) => ({
      ...row,
      tokenIds: row.tokenIds.slice(0, 4),
      segmentIds: [0, 0, 0, 0],
    }));
  return { ...rest, train: even(train).slice(0, 24), heldOut: even(heldOut).slice(0, 8) };
}

const adapter = await webgpuAdapter();
Deno.test({
  name: `webgpu trains all three stages to the losses of wasm without leaking a tensor${
    adapter ? "" : " (ignored: this machine has no WebGPU adapter)"
  }`,
  ignore: !adapter,
  fn: async () => {
    const wasm = await threeStages((await startBackend("wasm")).ops, stage3, evenSet());
    const webgpu = await threeStages((await startBackend("webgpu")).ops, stage3, evenSet());
    webgpu.losses.forEach((loss, step) =>
      assert.ok(Math.abs(loss - wasm.losses[step]) < 1e-3, `step ${step}: ${loss}, ${wasm.losses[step]}`)
    );
    for (const [stage, counts] of Object.entries(webgpu.live)) {
      assert.equal(new Set(counts).size, 1, `${stage}: ${counts}`);
    }
  },
});

Deno.test("the same seed trains to the same bytes", async () => {
  const { ops } = await startBackend("wasm");
  assert.deepEqual((await threeStages(ops)).values, (await trained("wasm")).values);
});

Deno.test("initialisePlanner moves the planner and leaves the backbone alone", async () => {
  const { ops } = await startBackend("wasm");
  const backbone = tinyBackbone(ops), planner = plannerOf();
  const before = [await valuesOf(backbone.params), await valuesOf(planner)];
  const { curve } = await initialisePlanner(backbone, planner, tinySet(), stage2, 0, { now: () => 0 });
  assert.deepEqual(await valuesOf(backbone.params), before[0]);
  assert.notDeepEqual(await valuesOf(planner), before[1]);
  assert.equal(curve[0].step, 1);
});

/** Stage 3 alone, with its evaluation's mean layers. */
async function reinforced(changes: Partial<ReinforcementSettings>, planner: Planner = plannerOf()) {
  const { ops } = await startBackend("wasm");
  const backbone = tinyBackbone(ops);
  return await reinforce(backbone, planner, tinySet(), { ...stage3, ...changes }, 0, { now: () => 0 });
}

Deno.test("reinforce calls an evaluation eligible up to 5 % above the target", async () => {
  // At target 1 everything is eligible; at target 0 only a model that executes at most 5 % of the layers.
  assert.ok((await reinforced({ targetRate: 1 })).evaluations.every(({ eligible }) => eligible));
  for (const { eligible, meanExecutedLayers } of (await reinforced({ targetRate: 0 })).evaluations) {
    assert.equal(eligible, (meanExecutedLayers as number) / 2 <= 0.05);
  }
});

Deno.test("reinforce with a strong penalty brings the mean execute probability to the target", async () => {
  for (const targetRate of [0.2, 0.8]) {
    const { curve } = await reinforced({
      steps: 60,
      targetRate,
      lambda1: 0,
      lambda2: 10,
      plannerLearningRate: 0.1,
    });
    assert.ok(
      Math.abs(curve.at(-1)!.meanExecuteProb - targetRate) < 0.05,
      `${curve.at(-1)!.meanExecuteProb}`,
    );
  }
});

Deno.test("reinforce without penalty and with rewards for skipping alone learns to skip", async () => {
  const { curve } = await reinforced({
    steps: 60,
    beta: 0,
    lambda2: 0,
    plannerLearningRate: 0.1,
    plannerFinal: 1,
  });
  assert.ok(curve.at(-1)!.meanExecuteProb < 0.15, `${curve.at(-1)!.meanExecuteProb}`);
});
