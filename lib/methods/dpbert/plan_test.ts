import assert from "node:assert/strict";
import { batchTensors, classify, encode, everyLayer, type Gate } from "../../bert/mod.ts";
import { finiteDifferences, largestError } from "../../tensor/finite_differences.ts";
import {
  add,
  leaves,
  liveTensors,
  mean,
  mul,
  type Ops,
  random,
  read,
  setValues,
  startBackend,
  type Tensor,
  tidy,
  uniforms,
  valueAndGradients,
} from "../../tensor/mod.ts";
import { taskLoss } from "../../train/mod.ts";
import { infer } from "../method.ts";
import { bert } from "../bert.ts";
import { tinyBackbone, tinyBatch } from "../tiny_model.ts";
import { actionLogProbs, meanExecuteProbs, policyTerm, ratePenalty } from "./objective.ts";
import {
  dpbert,
  emptyTrace,
  executeLogit,
  type Planner,
  type PlannerInput,
  type PlanTrace,
  randomPlanner,
  sampledGate,
  softGate,
} from "./plan.ts";
import { floatTensor } from "../../tensor/mod.ts";

const { ops } = await startBackend("wasm");
const backbone = tinyBackbone(ops), { config, params } = backbone;
const batch = tinyBatch(6);
const draws = [0, 1].map((layer) => uniforms(random(0, "draws", layer), batch.size));

/** A planner whose weights are 0 and whose biases are given, one per layer. */
function biased(...biases: number[]): Planner {
  const planner = randomPlanner(2, 8, random(0, "planner"));
  planner.forEach(({ weight, bias }, layer) => {
    setValues(weight, new Float32Array(8));
    setValues(bias, new Float32Array([biases[layer]]));
  });
  return planner;
}

/**
 * A planner that executes layer 0 and is split over layer 1: its bias is minus the mean of the batch's logits there.
 * (Layer 0 sees the same [CLS] embedding in every row, so its gate cannot depend on the input.)
 */
function sensitive(): Planner {
  const planner = biased(0.5, 0);
  for (const { weight } of planner) {
    setValues(weight, uniforms(random(2, "weights"), 8).map((x) => 3 * (x - 0.5)));
  }
  tidy(() => {
    encode(ops, params, config, batchTensors(ops, batch), (layer, hidden, run) => {
      const logits = [...executeLogit(ops, planner[layer], hidden).dataSync()];
      const centre = logits.reduce((total, x) => total + x, 0) / logits.length;
      setValues(planner[layer].bias, new Float32Array([layer === 0 ? 1 - centre : -centre]));
      return run(hidden);
    });
  });
  return planner;
}

const through = (gate: Gate, ops: Ops = backbone.ops) =>
  encode(ops, params, config, batchTensors(ops, batch), gate);
const lossOf = (hidden: Tensor) =>
  mean(
    taskLoss(ops, "classification", classify(ops, params, hidden), floatTensor(batch.labels, [batch.size])),
  );

Deno.test("executeLogit is h_CLS A^T + b of every row (Eq. 4)", async () => {
  const planner = biased(0, 0);
  setValues(planner[0].weight, new Float32Array([1, 2, 0, 0, 0, 0, 0, 0]));
  setValues(planner[0].bias, new Float32Array([0.5]));
  const hidden = floatTensor(Array.from({ length: 2 * 3 * 8 }, (_, i) => i), [2, 3, 8]);
  // CLS states start with 0, 1 and with 24, 25.
  assert.deepEqual([...await read(executeLogit(ops, planner[0], hidden))], [2.5, 74.5]);
});

for (
  const [name, gateOf] of Object.entries({
    softGate: (planner: Planner) => softGate(ops, planner, emptyTrace()),
    sampledGate: (planner: Planner) => sampledGate(ops, planner, emptyTrace(), draws),
  })
) {
  Deno.test(`${name} with s = 1 is the plain backbone`, async () => {
    const [gated, plain] = tidy(() => [through(gateOf(biased(100, 100))), through(everyLayer)]);
    assert.ok(largestError(await read(gated), await read(plain)) < 1e-6);
  });

  Deno.test(`${name} with s = 0 passes the embeddings on`, async () => {
    const [gated, plain] = tidy(() => [
      through(gateOf(biased(-100, -100))),
      through((_layer, hidden) => hidden),
    ]);
    assert.ok(largestError(await read(gated), await read(plain)) < 1e-6);
  });
}

Deno.test("softGate keeps s and takes no actions; sampledGate acts where its draw lies below s (Eq. 8)", () => {
  const soft = emptyTrace(), hard = emptyTrace(), planner = sensitive();
  tidy(() => {
    through(softGate(ops, planner, soft));
  });
  assert.deepEqual([soft.executeProbs.length, soft.logits.length, soft.actions.length], [2, 2, 0]);
  const found: { probs: number[]; actions: number[] }[] = [];
  tidy(() => {
    through(sampledGate(ops, planner, hard, draws));
    for (const layer of [0, 1]) {
      found.push({
        probs: [...hard.executeProbs[layer].dataSync()],
        actions: [...hard.actions[layer].dataSync()],
      });
    }
  });
  found.forEach(({ probs, actions }, layer) =>
    assert.deepEqual(actions, probs.map((s, row) => draws[layer][row] < s ? 1 : 0))
  );
  assert.ok(found.some(({ actions }) => new Set(actions).size === 2), "rows should differ in this test");
});

Deno.test("dpbert executes where s > 0.5 and reports that path (Eq. 5)", async () => {
  assert.deepEqual(
    (await infer(backbone, batch, dpbert(backbone, biased(1, -1)))).paths,
    Array(6).fill("10"),
  );
  assert.deepEqual((await infer(backbone, batch, dpbert(backbone, biased(0, 0)))).paths, Array(6).fill("00"));
  const all = await infer(backbone, batch, dpbert(backbone, biased(1, 1)));
  assert.deepEqual(all, await infer(backbone, batch, bert(backbone)));
});

Deno.test("dpbert decides row by row, the same alone, in company, compacted and masked", async () => {
  const planner = sensitive(), live = liveTensors();
  const together = await infer(backbone, batch, dpbert(backbone, planner));
  assert.equal(liveTensors(), live);
  assert.ok(new Set(together.paths).size > 1, String(together.paths));
  const masked = { ...backbone, ops: { ...ops, valuesNow: () => null } };
  const mixed = await infer(masked, batch, dpbert(masked, planner));
  assert.deepEqual(mixed.paths, together.paths);
  assert.ok(largestError(mixed.logits, together.logits) < 1e-5);
  for (let row = 0; row < 6; row++) {
    const cut = (x: Int32Array) => x.slice(row * batch.length, (row + 1) * batch.length);
    const alone = await infer(backbone, {
      tokenIds: cut(batch.tokenIds),
      segmentIds: cut(batch.segmentIds),
      mask: batch.mask.slice(row * batch.length, (row + 1) * batch.length),
      size: 1,
      length: batch.length,
    }, dpbert(backbone, planner));
    assert.equal(alone.paths[0], together.paths[row]);
    assert.ok(largestError(alone.logits, together.logits.slice(2 * row, 2 * row + 2)) < 1e-5);
  }
});

/** Gradients by leaf path of `f`, with respect to backbone and planner. */
function gradientsOf(planner: Planner, f: (trace: PlanTrace, hidden: Tensor) => Tensor, input: PlannerInput) {
  const all = [...leaves(params), ...leaves(planner, "planner")];
  const { gradients } = valueAndGradients(() => {
    const trace = emptyTrace();
    const hidden = through(sampledGate(ops, planner, trace, draws, input));
    return f(trace, hidden);
  }, all.map(({ param }) => param));
  return new Map(all.map(({ path }, i) => [path, gradients[i]]));
}

const reachedIn = (gradients: Map<string, Tensor | null>, part: (path: string) => boolean) =>
  [...gradients].filter(([path, gradient]) => part(path) && gradient !== null).map(([path]) => path);
const isPlanner = (path: string) => path.startsWith("planner");
const isBackbone = (path: string) => !isPlanner(path);

Deno.test("the task loss gives the planner no gradient through hard paths, whatever its input", () => {
  for (const input of ["detached", "attached"] as const) {
    const gradients = gradientsOf(sensitive(), (_trace, hidden) => lossOf(hidden), input);
    assert.deepEqual(reachedIn(gradients, isPlanner), []);
    assert.ok(reachedIn(gradients, isBackbone).length > 0);
  }
});

const fixedRewards = uniforms(random(0, "rewards"), 2 * batch.size).map((x) => x - 0.5);
const policyAndPenalty = (trace: PlanTrace) =>
  add(
    policyTerm(actionLogProbs(trace), floatTensor(fixedRewards, [batch.size, 2])),
    mul(
      ratePenalty(meanExecuteProbs(trace), {
        targetRate: 0.6,
        muPer: "example",
      }),
      10,
    ),
  );

Deno.test("policy term and penalty reach the backbone only where the planner's input is attached", () => {
  const detached = gradientsOf(sensitive(), policyAndPenalty, "detached");
  assert.deepEqual(reachedIn(detached, isBackbone), []);
  assert.equal(reachedIn(detached, isPlanner).length, 4);
  const attached = gradientsOf(sensitive(), policyAndPenalty, "attached");
  assert.ok(reachedIn(attached, isBackbone).includes("embeddings.word"));
});

Deno.test("the planner's gradient is that of sum R log pi with R and the path held fixed", async () => {
  const planner = sensitive(), clsStates: number[][] = [], actions: number[][] = [];
  tidy(() => {
    const trace = emptyTrace(), gate = sampledGate(ops, planner, trace, draws);
    through((layer, hidden, run) => {
      const states = hidden.dataSync(), stride = batch.length * 8;
      clsStates.push(
        Array.from({ length: batch.size }, (_, row) => [...states.slice(row * stride, row * stride + 8)])
          .flat(),
      );
      return gate(layer, hidden, run);
    });
    trace.actions.forEach((action) => actions.push([...action.dataSync()]));
  });
  // Mean over the batch of sum_i R^i log pi(a^i), in float64, of weights and biases of both networks.
  const value = (networks: number[][]) => {
    let total = 0;
    for (let row = 0; row < batch.size; row++) {
      for (const layer of [0, 1]) {
        const [weight, [bias]] = [networks[2 * layer], networks[2 * layer + 1]];
        const logit = weight.reduce((sum, w, i) => sum + w * clsStates[layer][row * 8 + i], bias);
        const s = 1 / (1 + Math.exp(-logit));
        total += fixedRewards[row * 2 + layer] * Math.log(actions[layer][row] === 1 ? s : 1 - s) / batch.size;
      }
    }
    return total;
  };
  const networks = await Promise.all(leaves(planner).map(async ({ param }) => [...await read(param)]));
  const expected = finiteDifferences(value, networks);
  const gradients = gradientsOf(
    planner,
    (trace) => policyTerm(actionLogProbs(trace), floatTensor(fixedRewards, [batch.size, 2])),
    "detached",
  );
  for (const [i, { path }] of leaves(planner, "planner").entries()) {
    const error = largestError(await read(gradients.get(path)!), expected[i]);
    assert.ok(error < 1e-5, `${path} is off by ${error}`);
  }
});

Deno.test("stage 2's soft gates give every plan network a gradient of the task loss", () => {
  const planner = sensitive(), planned = leaves(planner, "planner");
  const { gradients } = valueAndGradients(
    () => lossOf(through(softGate(ops, planner, emptyTrace()))),
    planned.map(({ param }) => param),
  );
  assert.ok(gradients.every((gradient) => gradient !== null));
});

Deno.test("randomPlanner starts every gate near a half, its bias at 0", async () => {
  const planner = randomPlanner(3, 8, random(0, "planner"));
  assert.equal(planner.length, 3);
  for (const { weight, bias } of planner) {
    assert.deepEqual([weight.shape, [...await read(bias)]], [[1, 8], [0]]);
    assert.ok((await read(weight)).every((x) => Math.abs(x) <= 0.1001));
  }
});
