import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { openLesson, withModel } from "./lesson.ts";
import {
  changedParameters,
  forcePlanner,
  gateSpreads,
  largestDifference,
  layerStates,
  rewardsOfPath,
  samplePath,
  watchPass,
  watchSoftPass,
} from "./views.ts";
import { liveTensors, startBackend } from "../../tensor/mod.ts";

const lesson = () => openLesson(readConfig({ DPB_PROFILE: "smoke", DPB_BLAS: "off", DPB_BACKEND: "wasm" }));

Deno.test("layerStates measures norm and change: (3, 4) to (3, 0) is 5, then 3 with a change of 4", () => {
  const clsStates = [Float32Array.of(9, 9, 3, 4), Float32Array.of(9, 9, 3, 0)];
  const pass = { clsStates, logits: Float32Array.of(), executeProbs: [], hiddenSize: 2 };
  assert.deepEqual(layerStates(pass, 1), [
    { layer: 0, norm: 5, change: null },
    { layer: 1, norm: 3, change: 4 },
  ]);
});

Deno.test("gateSpreads gives means and deviations over examples, exactly 0 for equal ones", () => {
  const spreads = gateSpreads({
    clsStates: [Float32Array.of(0.1, 0.1), Float32Array.of(1, 3)],
    executeProbs: [Float32Array.of(0.3, 0.3), Float32Array.of(0.25, 0.75)],
    logits: Float32Array.of(),
    hiddenSize: 1,
  });
  assert.equal(spreads[0].deviation, 0);
  assert.equal(spreads[0].inputDeviation, 0);
  assert.deepEqual(spreads[1], {
    layer: 2,
    mean: 0.5,
    deviation: 0.25,
    smallest: 0.25,
    largest: 0.75,
    inputDeviation: 1,
  });
});

Deno.test("watchSoftPass with a planner forced to 1 is BERT, to 0 leaves the embedding, and nothing leaks", async () => {
  const { data, ...rest } = await lesson();
  await withModel({ data, ...rest }, "wasm", null, async ({ backbone, planner }) => {
    const examples = data.dev.slice(0, 3);
    await watchSoftPass(backbone, planner, examples);
    const before = liveTensors();
    forcePlanner(planner, 1);
    const open = await watchSoftPass(backbone, planner, examples);
    assert.deepEqual(open.executeProbs.map((probs) => [...probs]), Array(4).fill([1, 1, 1]));
    assert.equal(largestDifference(open.logits, (await watchPass(backbone, examples)).logits), 0);
    forcePlanner(planner, 0);
    const shut = await watchSoftPass(backbone, planner, examples);
    assert.deepEqual(shut.clsStates.at(-1), shut.clsStates[0]);
    assert.equal(liveTensors(), before);
  });
});

Deno.test("samplePath draws actions below s and its terms fit together", async () => {
  const { data, recipe, ...rest } = await lesson();
  await withModel({ data, recipe, ...rest }, "wasm", null, async (model) => {
    const path = await samplePath(model, "classification", data.dev[0], recipe.stage3, 0);
    const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-4, `${a} is not ${b}`);
    for (const { executeProb: s, draw, action, logProb } of path.layers) {
      assert.equal(action, draw < s ? 1 : 0);
      close(logProb, Math.log(action === 1 ? s : 1 - s));
    }
    const actions = path.layers.map(({ action }) => action).join("");
    const expected = await rewardsOfPath(actions, path.taskLoss, recipe.stage3.beta);
    expected.forEach((reward, at) => close(path.layers[at].reward, reward));
    close(path.totalReward, expected.reduce((total, reward) => total + reward, 0));
    close(path.policyTerm, path.layers.reduce((total, { reward, logProb }) => total + reward * logProb, 0));
    close(path.ratePenalty, (path.meanExecuteProb - recipe.stage3.targetRate) ** 2);
  });
});

Deno.test("rewardsOfPath of 1010 at loss 0.5 and beta 2 is -0.5, -0.5, -0.75, -0.75", async () => {
  await startBackend("cpu");
  assert.deepEqual(await rewardsOfPath("1010", 0.5, 2), [-0.5, -0.5, -0.75, -0.75]);
});

Deno.test("changedParameters names what differs in a single bit", () => {
  const entry = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
  const before = new Map([["a", entry(1, 2)], ["b", entry(0)]]);
  assert.deepEqual(changedParameters(before, new Map([["a", entry(1, 2)], ["b", entry(0)]])), []);
  assert.deepEqual(changedParameters(before, new Map([["a", entry(1, 2)], ["b", entry(-0)]])), ["b"]);
  assert.deepEqual(changedParameters(before, new Map([["a", entry(1, 2)]])), ["b"]);
});
