import assert from "node:assert/strict";
import {
  floatTensor,
  mul,
  read,
  sigmoid,
  startBackend,
  sum,
  type Tensor,
  valueAndGradients,
  variable,
} from "../../tensor/mod.ts";
import { finiteDifferences } from "../../tensor/finite_differences.ts";
import {
  actionLogProbs,
  advantages,
  meanExecuteProbs,
  objective,
  type ObjectiveSettings,
  policyTerm,
  ratePenalty,
  rewards,
} from "./objective.ts";
import type { PlanTrace } from "./plan.ts";

await startBackend("wasm");

const close = async (found: Tensor, expected: number[]) => {
  const values = await read(found);
  assert.equal(values.length, expected.length);
  expected.forEach((x, i) =>
    assert.ok(Math.abs(values[i] - x) < 1e-6, `${[...values]}, expected ${expected}`)
  );
};
const settings: ObjectiveSettings = {
  beta: 2,
  lambda1: 0.5,
  lambda2: 10,
  targetRate: 0.6,
  muPer: "batch",
  rewardBaseline: "none",
};
const log3 = Math.log(3);

/** One entry per layer, each a list over the batch. */
function traceOf(logits: Tensor[], actions: number[][]): PlanTrace {
  return {
    logits,
    executeProbs: logits.map((logit) => sigmoid(logit)),
    actions: actions.map((action) => floatTensor(action, [action.length])),
  };
}

/** One example, three layers, path 101: s = 1/2, 3/4, 1/4. */
const example = () => traceOf([0, log3, -log3].map((logit) => floatTensor([logit], [1])), [[1], [0], [1]]);
/** R of path 101 at loss 0.5 and beta 2. */
const exampleRewards = [1 / 3 - 1, 1 / 3 - 1, -1];
const exampleLogProbs = [Math.log(1 / 2), Math.log(1 / 4), Math.log(1 / 4)];

Deno.test("rewards of the path 101 with loss 0.5 and beta 2 are -2/3, -2/3 and -1 (Eq. 9)", async () => {
  await close(rewards(floatTensor([1, 0, 1], [1, 3]), floatTensor([0.5], [1]), 2), exampleRewards);
});

Deno.test("rewards count the skipped layers still to come, each example with its own loss", async () => {
  const actions = floatTensor([0, 0, 1, 0, 1, 1, 1, 1], [2, 4]);
  // Skips still to come: 3, 2, 1, 1 of 4; and none.
  await close(rewards(actions, floatTensor([0, 1], [2]), 5), [0.75, 0.5, 0.25, 0.25, -5, -5, -5, -5]);
});

Deno.test("actionLogProbs are log s for an executed and log(1 - s) for a skipped layer (Eq. 7)", async () => {
  await close(actionLogProbs(example()), exampleLogProbs);
});

Deno.test("actionLogProbs keep examples in rows and layers in columns", async () => {
  const trace = traceOf([floatTensor([0, log3], [2]), floatTensor([0, -log3], [2])], [[1, 1], [0, 0]]);
  const half = Math.log(1 / 2), threeQuarters = Math.log(3 / 4);
  await close(actionLogProbs(trace), [half, half, threeQuarters, threeQuarters]);
});

Deno.test("meanExecuteProbs averages over the layers of an example (Eq. 10)", async () => {
  const trace = traceOf([floatTensor([0, log3], [2]), floatTensor([log3, log3], [2])], []);
  await close(meanExecuteProbs(trace), [0.625, 0.75]);
});

Deno.test("ratePenalty squares the batch's mean, or averages the examples' squares (Eq. 11, R5)", async () => {
  const means = floatTensor([0.4, 0.6], [2]);
  await close(ratePenalty(means, { ...settings, targetRate: 0.5, muPer: "batch" }), [0]);
  await close(ratePenalty(means, { ...settings, targetRate: 0.5, muPer: "example" }), [0.01]);
  await close(ratePenalty(means, { ...settings, targetRate: 0.2, muPer: "batch" }), [0.09]);
});

Deno.test("objective is loss - lambda1 sum R log pi + lambda2 xi (Eq. 12)", async () => {
  const terms = objective(floatTensor([0.5], [1]), example(), settings);
  const policyTerm = exampleRewards.reduce((total, reward, i) => total + reward * exampleLogProbs[i], 0);
  await close(terms.taskLoss, [0.5]);
  await close(terms.totalReward, [-7 / 3]);
  await close(terms.meanExecuteProb, [0.5]);
  await close(terms.ratePenalty, [0.01]);
  await close(terms.objective, [0.5 - 0.5 * policyTerm + 10 * 0.01]);
});

Deno.test("policyTerm holds the rewards constant: its gradient is R (a - s) / B, one per logit", async () => {
  const logits = variable(floatTensor([0, log3, -log3, 0], [4]));
  const actions = [1, 1, 0, 0], fixed = [-1, 2, 0.5, 3];
  const { gradients } = valueAndGradients(() => {
    const trace = traceOf([logits], [actions]);
    return policyTerm(actionLogProbs(trace), floatTensor(fixed, [4, 1]));
  }, [logits]);
  const probs = [0.5, 0.75, 0.25, 0.5];
  await close(gradients[0]!, fixed.map((reward, i) => reward * (actions[i] - probs[i]) / 4));
});

Deno.test("policyTerm ascends the expected R^1: averaged over all paths its gradient is that of E[R^1] (R10)", async () => {
  const paths = [[0, 0], [0, 1], [1, 0], [1, 1]], losses = [0.9, 0.2, 0.7, 0.1], numbers = [[0.3], [-0.8]];
  const executeProb = (logit: number) => 1 / (1 + Math.exp(-logit));
  const probOf = (path: number[], logits: number[][]) =>
    path.reduce((prob, action, layer) => {
      const s = executeProb(logits[layer][0]);
      return prob * (action === 1 ? s : 1 - s);
    }, 1);
  const firstRewards = [1 - 2 * 0.9, 0.5 - 2 * 0.2, 0.5 - 2 * 0.7, 0 - 2 * 0.1]; // skipped, less beta = 2 times the loss
  const expected = finiteDifferences(
    (logits) => paths.reduce((sum, path, at) => sum + probOf(path, logits) * firstRewards[at], 0),
    numbers,
  );
  // Each path once, weighed by its probability instead of drawn with it; 4 because the term is a mean over the four.
  const logits = numbers.map(([logit]) => variable(floatTensor(Array(4).fill(logit), [4])));
  const { gradients } = valueAndGradients(() => {
    const weights = floatTensor(paths.map((path) => 4 * probOf(path, numbers)), [4, 1]);
    const given = rewards(floatTensor(paths.flat(), [4, 2]), floatTensor(losses, [4]), 2);
    const trace = traceOf(logits, [0, 1].map((layer) => paths.map((path) => path[layer])));
    return policyTerm(actionLogProbs(trace), mul(given, weights));
  }, logits);
  for (const layer of [0, 1]) await close(sum(gradients[layer]!), expected[layer]);
});

Deno.test("advantages take off nothing, each layer's mean over the batch, or the rewards of the path of inference", async () => {
  const given = floatTensor([1, 2, 3, 6], [2, 2]), reference = floatTensor([1, 0, 0, 7], [2, 2]);
  const of = (rewardBaseline: "none" | "batch" | "self-critical") =>
    advantages(given, { rewardBaseline }, reference);
  await close(of("none"), [1, 2, 3, 6]);
  await close(of("batch"), [-1, -2, 1, 2]);
  await close(of("self-critical"), [0, 2, 3, -1]);
});

Deno.test("objective with a baseline weighs log-probabilities by advantages and still reports the rewards", async () => {
  const trace = () => traceOf([floatTensor([0, 0], [2])], [[1, 0]]); // rewards -2 * loss + [0, 1]
  const losses = floatTensor([0.5, 1], [2]), half = Math.log(1 / 2);
  const free = { ...settings, lambda2: 0 };
  const { objective: batch, totalReward } = objective(losses, trace(), { ...free, rewardBaseline: "batch" });
  await close(totalReward, [-1]);
  await close(batch, [0.75]); // both rewards are -1: no advantage, the loss alone is left
  const reference = floatTensor([-2, -1], [2, 1]);
  const critical = objective(losses, trace(), { ...free, rewardBaseline: "self-critical" }, reference);
  await close(critical.objective, [0.75 - 0.5 * (1 * half + 0 * half) / 2]);
});

Deno.test("objective descends towards the rewarded action: a cheap skip makes skipping likelier", async () => {
  const logit = variable(floatTensor([0], [1]));
  // Loss 0: R = 1 for the skip, so J must fall as the execute logit falls.
  const { gradients } = valueAndGradients(
    () => objective(floatTensor([0], [1]), traceOf([logit], [[0]]), { ...settings, lambda2: 0 }).objective,
    [logit],
  );
  await close(gradients[0]!, [0.5 * 0.5]); // -lambda1 * R * (a - s) = -0.5 * 1 * (0 - 0.5)
});

Deno.test("objective's reward does not differentiate the loss: beta changes no gradient of the task loss", async () => {
  const losses = variable(floatTensor([0.5, 2], [2]));
  for (const beta of [0, 50]) {
    const { gradients } = valueAndGradients(() => {
      const trace = traceOf([floatTensor([0, 0], [2])], [[1, 0]]);
      return objective(sum(losses.reshape([2, 1]), 1), trace, { ...settings, beta }).objective;
    }, [losses]);
    await close(gradients[0]!, [0.5, 0.5]);
  }
});
