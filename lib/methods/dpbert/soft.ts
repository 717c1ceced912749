/**
 * `dpbert-soft`, the paper's ablation without reinforcement learning (section 4.7): the third stage relaxes the actions
 * to s in [0, 1] as the second does, and Eq. 12 loses its second term. Backbone and planner learn by the task loss
 * through soft gates, and by the rate penalty.
 *
 * Not said in the paper: how it is run. Soft gates compute every layer, so the model is reported with thresholded gates
 * (Eq. 5) as DPBERT is, and beside it with soft and with sampled ones (`planned`).
 */
import { type Affine, clsState, executeWhere, type Gate, mix, type PaddedBatch } from "../../bert/mod.ts";
import type { Batch } from "../../glue/mod.ts";
import { add, floatTensor, type Forward, mean, mul, random, uniforms, zeros } from "../../tensor/mod.ts";
import type { LabelKind, LoopOptions, StageResult, StepLoss } from "../../train/mod.ts";
import { type Backbone, backboneFinish, type Method } from "../method.ts";
import type { TrainingSet } from "../training_set.ts";
import { meanExecuteProbs, ratePenalty } from "./objective.ts";
import { dpbert, emptyTrace, type Planner, softGate } from "./plan.ts";
import { lossesThrough, type ReinforcementSettings, trainTogether } from "./stages.ts";

/** The third stage's settings without those of rewards. */
export type SoftSettings = Omit<ReinforcementSettings, "beta" | "lambda1" | "rewardBaseline">;

/** Stage 3 with soft actions: J = loss + lambda2 xi. Selects as `trainTogether`, gates thresholded. */
export function trainSoft(
  backbone: Backbone,
  planner: Planner,
  data: TrainingSet,
  settings: SoftSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
): Promise<StageResult> {
  const loss = (batch: Batch) => softObjective(backbone, planner, data.kind, batch, settings);
  return trainTogether(backbone, planner, data, settings, seed, options, loss);
}

/** Eq. 12 of a batch without its second term, through soft gates. */
export function softObjective(
  backbone: Backbone,
  planner: Planner,
  kind: LabelKind,
  batch: Batch,
  settings: Pick<SoftSettings, "lambda2" | "targetRate" | "muPer" | "plannerInput">,
): StepLoss {
  const trace = emptyTrace(), gate = softGate(backbone.ops, planner, trace, settings.plannerInput);
  const loss = mean(lossesThrough(backbone, kind, batch, gate)), meanProbs = meanExecuteProbs(trace);
  const penalty = mul(ratePenalty(meanProbs, settings), settings.lambda2);
  return { objective: add(loss, penalty), report: { loss, meanExecuteProb: mean(meanProbs) } };
}

/** How a trained planner's execute probabilities become actions. */
export type GateKind = "thresholded" | "soft" | "sampled";

/** The backbone with its planner under gates of a kind. */
export function planned<X>(backbone: Backbone<Forward<X>>, planner: Planner, kind: GateKind): Method<X> {
  const { ops } = backbone, finish = backboneFinish(backbone);
  if (kind === "thresholded") return dpbert(backbone, planner);
  if (kind === "soft") return () => ({ gate: softly(ops, planner), finish, read: [] });
  return (batch) => {
    const actions: X[] = [];
    return { gate: drawing(ops, planner, inputDraws(batch, planner.length), actions), finish, read: actions };
  };
}

/** `softGate` at inference: a^i = s^i. */
function softly<X>(ops: Forward<X>, planner: Planner): Gate<X> {
  return (layer, hidden, run) => mix(ops, hidden, sigmoid(ops, logitsOf(ops, planner[layer], hidden)), run);
}

/** Eq. 4's logits [B, 1], as `plannedGate` has them. */
const logitsOf = <X>(ops: Forward<X>, { weight, bias }: Affine, hidden: X): X =>
  ops.linear(clsState(ops, hidden), weight, bias);

/** The sigmoid of logits [B, 1], which `Forward` lacks. */
function sigmoid<X>(ops: Forward<X>, logits: X): X {
  const values = ops.valuesNow(logits);
  if (values) return ops.floats(values.map((x) => 1 / (1 + Math.exp(-x))), [values.length]);
  // Where nothing can be read in between: (1 + tanh(x / 2)) / 2.
  const half = floatTensor([0.5], [1, 1]);
  return ops.linear(ops.tanh(ops.linear(logits, half, zeros([1]))), half, floatTensor([0.5], [1]));
}

/** `sampledGate` at inference: an action is 1 where its number lies below s, that is log(u / (1 - u)) below the logit. */
function drawing<X>(ops: Forward<X>, planner: Planner, draws: Float32Array[], actions: X[]): Gate<X> {
  return (layer, hidden, run) => {
    const bar = ops.floats(draws[layer].map((u) => Math.log((1 - u) / u)), [draws[layer].length, 1]);
    const action = ops.positive(ops.add(logitsOf(ops, planner[layer], hidden), bar));
    actions.push(action);
    return executeWhere(ops, hidden, action, run);
  };
}

/** Numbers in [0, 1), [L][B]: each input's own, whatever batch it is in, so that a repeated evaluation repeats them. */
function inputDraws({ tokenIds, mask, size, length }: PaddedBatch, numLayers: number) {
  const rows = Array.from({ length: size }, (_, row) => {
    const ids = tokenIds.subarray(row * length, (row + 1) * length);
    const own = [...ids].filter((_, at) => mask[row * length + at] > 0);
    return uniforms(random(0, "sampled path", own.join()), numLayers);
  });
  return Array.from({ length: numLayers }, (_, layer) => Float32Array.from(rows, (draws) => draws[layer]));
}
