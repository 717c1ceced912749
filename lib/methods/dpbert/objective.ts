/**
 * Stage 3's objective, Eq. 7-12 from top to bottom, one named function per term. Tensors are [B, L] (batch, layers)
 * unless said otherwise.
 *
 * Two things follow from actions being discrete (our prototypes): the task loss reaches the backbone only, through the
 * sampled hard path; the planner learns from the policy term and the penalty only.
 */
import {
  add,
  bernoulliLogProb,
  detach,
  floatTensor,
  matMul,
  mean,
  mul,
  square,
  stack,
  sub,
  sum,
  type Tensor,
} from "../../tensor/mod.ts";
import type { PlanTrace } from "./plan.ts";

export interface ObjectiveSettings {
  /** Balance of accuracy and speed inside the reward (Eq. 9). */
  beta: number;
  /** Weight of the expected rewards (Eq. 12). */
  lambda1: number;
  /** Weight of the rate penalty (Eq. 12; the paper gives no value, R6). */
  lambda2: number;
  /** t, the target share of executed layers (Eq. 11; an execution rate, R4). */
  targetRate: number;
  /** Whether mu is averaged over the batch before the square or not (R5). */
  muPer: "batch" | "example";
  /**
   * What is taken off a reward before it weighs its log-probability (R9): nothing; the batch's mean reward of that
   * layer; or what the path of inference earns on the same input (Wu et al. 2018, BlockDrop: "self-critical").
   */
  rewardBaseline: "none" | "batch" | "self-critical";
}

/** Eq. 7: log pi(a^i | h^{i-1}), per layer and example. */
export function actionLogProbs(trace: PlanTrace): Tensor {
  return stack(trace.logits.map((logit, layer) => bernoulliLogProb(logit, trace.actions[layer])), 1);
}

/** [L, L] with 1 where row >= column: right-multiplying sums over the layers from the column's on. */
function fromLayerOn(numLayers: number): Tensor {
  const ones = Array.from(
    { length: numLayers ** 2 },
    (_, i) => Math.floor(i / numLayers) >= i % numLayers ? 1 : 0,
  );
  return floatTensor(ones, [numLayers, numLayers]);
}

/**
 * Eq. 9: R^i = (1/L) sum_{j=i}^{L} (1 - a^j) C^j - beta * loss, with C^j = 1. The printed bounds reuse the index i; the
 * text says "future rewards", so the sum runs over the layers still to come, i included (R1).
 * actions [B, L], losses [B]; returns [B, L].
 */
export function rewards(actions: Tensor, losses: Tensor, beta: number): Tensor {
  const numLayers = actions.shape[1]!;
  const saved = mul(matMul(sub(1, actions), fromLayerOn(numLayers)), 1 / numLayers);
  return sub(saved, mul(losses.reshape([-1, 1]), beta));
}

/**
 * Rewards less their baseline, which is the same whatever the action (in a batch's mean, but for the example's own
 * share of it), so that the expected gradient stays. rewards and `reference`, those of the path of inference, [B, L].
 */
export function advantages(
  rewards: Tensor,
  { rewardBaseline }: Pick<ObjectiveSettings, "rewardBaseline">,
  reference: Tensor | null,
): Tensor {
  if (rewardBaseline === "none") return rewards;
  return sub(rewards, rewardBaseline === "batch" ? mean(rewards, 0, true) : reference!);
}

/**
 * What stands in for the expected rewards in the gradient (Williams 1992), a value to ascend: mean over the batch of
 * sum_i R^i log pi(a^i), R^i held constant. Every decision answers for its own future reward, so the gradient is on
 * average that of E_a[R^1], the share skipped less beta times the loss, and not of all R^i added up (R10). Scalar.
 */
export function policyTerm(logProbs: Tensor, rewards: Tensor): Tensor {
  return mean(sum(mul(detach(rewards), logProbs), 1));
}

/** Eq. 10: mu, the mean execute probability over the layers, per example [B]. */
export function meanExecuteProbs(trace: PlanTrace): Tensor {
  return mean(stack(trace.executeProbs), 0);
}

/** Eq. 11: xi = (mu - t)^2, of the batch's mean mu or as the mean over examples (R5). Scalar. */
export function ratePenalty(
  meanProbs: Tensor,
  { targetRate, muPer }: Pick<ObjectiveSettings, "targetRate" | "muPer">,
): Tensor {
  if (muPer === "example") return mean(square(sub(meanProbs, targetRate)));
  return square(sub(mean(meanProbs), targetRate));
}

/** The terms of Eq. 12, each a scalar. */
export interface ObjectiveTerms {
  taskLoss: Tensor;
  /** sum_i R^i of the sampled paths, mean over the batch: the second term as it is printed. */
  totalReward: Tensor;
  /** What stands in for it in the gradient (R10). */
  policyTerm: Tensor;
  meanExecuteProb: Tensor;
  ratePenalty: Tensor;
  /** J, minimised. */
  objective: Tensor;
}

/**
 * Eq. 12: J = loss - lambda1 E_a[sum_i R^i] + lambda2 xi, its second term as `policyTerm` has it. losses [B], of the
 * sampled paths; `reference` as in `advantages`.
 */
export function objective(
  losses: Tensor,
  trace: PlanTrace,
  settings: ObjectiveSettings,
  reference: Tensor | null = null,
): ObjectiveTerms {
  const actions = stack(trace.actions, 1);
  const reward = rewards(actions, detach(losses), settings.beta);
  const taskLoss = mean(losses);
  const policy = policyTerm(actionLogProbs(trace), advantages(reward, settings, reference));
  const meanProbs = meanExecuteProbs(trace);
  const penalty = ratePenalty(meanProbs, settings);
  return {
    taskLoss,
    totalReward: mean(sum(reward, 1)),
    policyTerm: policy,
    meanExecuteProb: mean(meanProbs),
    ratePenalty: penalty,
    objective: add(sub(taskLoss, mul(policy, settings.lambda1)), mul(penalty, settings.lambda2)),
  };
}
