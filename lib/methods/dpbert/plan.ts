/**
 * The planner: one plan network per layer (Eq. 3-5) and the gates made of it.
 *
 * A plan network reads h_CLS as it stands before its layer (h^{i-1}; Eq. 7's h^i is read so too, R2), through a
 * linear map and a sigmoid (the paper's word "softmax" is Eq. 4's sigmoid, R3). Networks are not shared.
 */
import { type Affine, clsState, executeWhere, type Gate, mix, randomAffine } from "../../bert/mod.ts";
import {
  detach,
  floatTensor,
  type Forward,
  type Leaf,
  leaves,
  lessThan,
  type Ops,
  type Random,
  sigmoid,
  type Tensor,
} from "../../tensor/mod.ts";
import { type Backbone, backboneFinish, type Method } from "../method.ts";

/** One network per layer: A is weight [1, H], b is bias [1]. */
export type Planner = Affine[];

/** Deviation of the plan networks' initial weights (our prototypes); bias 0, so every gate starts near 1/2. */
const initialDeviation = 0.05;

/** A fresh planner. */
export function randomPlanner(numLayers: number, hiddenSize: number, rng: Random): Planner {
  return Array.from({ length: numLayers }, () => randomAffine(1, hiddenSize, rng, initialDeviation));
}

/** A planner's parameters under names of their own, e.g. `planner.3.weight`. */
export const plannerLeaves = (planner: Planner): Leaf[] => leaves(planner, "planner");

/** What a plan network sees: h_CLS with the backbone's gradient, or detached from it (the default; our prototypes). */
export type PlannerInput = "detached" | "attached";

/** `h_CLS A^T + b`, the logit of Eq. 4. hidden [B, T, H]; returns [B]. */
export function executeLogit(
  ops: Ops,
  network: Affine,
  hidden: Tensor,
  input: PlannerInput = "detached",
): Tensor {
  const cls = clsState(ops, input === "detached" ? detach(hidden) : hidden);
  return ops.linear(cls, network.weight, network.bias).reshape([-1]);
}

/** What the gates of one pass saw and did; every entry [B], first layer first. */
export interface PlanTrace {
  logits: Tensor[];
  /** Execute probabilities s^i (Eq. 4). */
  executeProbs: Tensor[];
  /** a^i, 0 or 1, off the tape; empty for soft gates. */
  actions: Tensor[];
}

export const emptyTrace = (): PlanTrace => ({ logits: [], executeProbs: [], actions: [] });

function plan(ops: Ops, network: Affine, hidden: Tensor, trace: PlanTrace, input: PlannerInput): Tensor {
  const logit = executeLogit(ops, network, hidden, input);
  const executeProb = sigmoid(logit); // Eq. 4
  trace.logits.push(logit);
  trace.executeProbs.push(executeProb);
  return executeProb;
}

/** Stage 2's gate: a^i = s^i, Eq. 6 with a soft weight (section 3.2.2). */
export function softGate(
  ops: Ops,
  planner: Planner,
  trace: PlanTrace,
  input: PlannerInput = "detached",
): Gate {
  return (layer, hidden, run) => mix(ops, hidden, plan(ops, planner[layer], hidden, trace, input), run);
}

/**
 * Stage 3's gate: a^i ~ Bernoulli(s^i) (Eq. 8), hard. `uniforms` holds one number in [0, 1) per layer and row, drawn
 * beforehand: [L][B].
 */
export function sampledGate(
  ops: Ops,
  planner: Planner,
  trace: PlanTrace,
  uniforms: Float32Array[],
  input: PlannerInput = "detached",
): Gate {
  return (layer, hidden, run) => {
    const executeProb = plan(ops, planner[layer], hidden, trace, input);
    const action = lessThan(floatTensor(uniforms[layer], [uniforms[layer].length]), detach(executeProb));
    trace.actions.push(action);
    return executeWhere(ops, hidden, action, run);
  };
}

/** Inference's gate: a^i = 1 where s^i > 0.5 (Eq. 5), which is where the logit is positive. */
export function plannedGate<X>(ops: Forward<X>, planner: Planner, actions: X[]): Gate<X> {
  return (layer, hidden, run) => {
    const { weight, bias } = planner[layer];
    const action = ops.positive(ops.linear(clsState(ops, hidden), weight, bias));
    actions.push(action);
    return executeWhere(ops, hidden, action, run);
  };
}

/** `dpbert`: the backbone with its planner deciding (section 3.1). */
export function dpbert<X>(backbone: Backbone<Forward<X>>, planner: Planner): Method<X> {
  return () => {
    const actions: X[] = [];
    return {
      gate: plannedGate(backbone.ops, planner, actions),
      finish: backboneFinish(backbone),
      read: actions,
    };
  };
}
