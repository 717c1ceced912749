/**
 * AdamW over groups of parameters (Loshchilov & Hutter 2019), with bias correction as PyTorch. Each group has its own
 * schedule, weight decay and clipping, so that a planner is neither drowned nor steered by its backbone's gradient.
 */
import {
  type Leaf,
  type Moments,
  type Ops,
  scalar,
  type Tensor,
  tidy,
  unitScale,
  variable,
  zeros,
} from "../tensor/mod.ts";
import type { Schedule } from "./schedule.ts";

export interface ParamGroup {
  name: string;
  leaves: Leaf[];
  schedule: Schedule;
  /** Decoupled weight decay; biases and LayerNorms are exempt. */
  weightDecay: number;
  /** Gradients are scaled down to at most this global norm over the group. */
  clipNorm: number;
}

export interface AdamW {
  groups: ParamGroup[];
  /** Moments by leaf path. */
  moments: Map<string, Moments>;
}

const beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

/** A fresh optimiser. Leaf paths must differ between groups. */
export function adamW(groups: ParamGroup[]): AdamW {
  const moments = new Map<string, Moments>();
  for (const { leaves } of groups) {
    for (const { path, param } of leaves) {
      moments.set(path, { first: variable(zeros(param.shape)), second: variable(zeros(param.shape)) });
    }
  }
  return { groups, moments };
}

/** Names that decay exempts, as BERT's own optimiser does (google-research/bert optimization.py). */
const decays = (path: string) => !/bias$|norm/i.test(path);

/** `min(1, clipNorm / norm)` for the group's gradients, on the device. */
function clipScale(ops: Ops, gradients: Tensor[], clipNorm: number): Tensor {
  return tidy(() => unitScale(ops.norm(gradients), clipNorm));
}

/**
 * One update at `step` (from 0). `gradients` by leaf path; a parameter that the step did not reach has gradient zero
 * (its moments decay), whether its layer was skipped or masked.
 */
export function applyGradients(
  ops: Ops,
  optimizer: AdamW,
  step: number,
  gradients: Map<string, Tensor>,
): void {
  const correction1 = 1 - beta1 ** (step + 1), correction2 = 1 - beta2 ** (step + 1);
  for (const group of optimizer.groups) {
    const reached = group.leaves.map(({ path }) => gradients.get(path)).filter((g) => g !== undefined);
    const scale = reached.length > 0 ? clipScale(ops, reached, group.clipNorm) : scalar(1);
    for (const { path, param } of group.leaves) {
      const given = gradients.get(path);
      const gradient = given ?? zeros(param.shape);
      ops.adamw(param, gradient, optimizer.moments.get(path)!, scale, {
        learningRate: group.schedule(step),
        beta1,
        beta2,
        epsilon,
        weightDecay: decays(path) ? group.weightDecay : 0,
        correction1,
        correction2,
      });
      if (!given) gradient.dispose();
    }
    scale.dispose();
  }
}

/** Frees the moments. */
export function disposeAdamW(optimizer: AdamW): void {
  for (const { first, second } of optimizer.moments.values()) {
    first.dispose();
    second.dispose();
  }
}
