/** The losses that off-ramps are trained by. */
import { classify } from "../../bert/mod.ts";
import type { Batch } from "../../glue/mod.ts";
import { add, detach, floatTensor, mean, mul, type Tensor } from "../../tensor/mod.ts";
import { type LabelKind, taskLoss } from "../../train/mod.ts";
import type { Backbone } from "../method.ts";
import { encodeKeepingCls, type OffRamps, rampLogits } from "./off_ramps.ts";
import { standardised } from "./standardise.ts";

/** What a ramp sees: h_CLS as it is, or standardised. */
export type ExitInput = "raw" | "standardised";

/** The mean task loss of each ramp; [L - 1] scalars. */
function rampLosses(
  { ops }: Backbone,
  ramps: OffRamps,
  cls: Tensor[],
  labels: Tensor,
  kind: LabelKind,
  input: ExitInput,
): Tensor[] {
  return ramps.map((ramp, layer) => {
    const seen = input === "standardised" ? standardised(cls[layer]) : cls[layer];
    return mean(taskLoss(ops, kind, rampLogits(ops, ramp, seen), labels));
  });
}

/** DeeBERT's second stage: the plain sum over the ramps, the backbone held still (Xin et al. 2020). */
export function sumOfRamps(
  backbone: Backbone,
  ramps: OffRamps,
  kind: LabelKind,
  batch: Batch,
  input: ExitInput,
): Tensor {
  const cls = encodeKeepingCls(backbone, batch).cls.map(detach);
  const labels = floatTensor(batch.labels, [batch.size]);
  return rampLosses(backbone, ramps, cls, labels, kind, input).reduce((sum, loss) => add(sum, loss));
}

/** Weights of the exits, the last one's included: j / sum of 1..L, so that they add up to 1. */
export const exitWeights = (numLayers: number): number[] =>
  Array.from({ length: numLayers }, (_, layer) => 2 * (layer + 1) / (numLayers * (numLayers + 1)));

/**
 * PABEE's joint loss: sum_j j L_j / sum_j j over all exits, the backbone's own head last (Zhou et al. 2020).
 * Returns it and the last exit's loss.
 */
export function weightedExits(
  backbone: Backbone,
  ramps: OffRamps,
  kind: LabelKind,
  batch: Batch,
  input: ExitInput,
): { joint: Tensor; last: Tensor } {
  const { ops, params } = backbone, { hidden, cls } = encodeKeepingCls(backbone, batch);
  const labels = floatTensor(batch.labels, [batch.size]);
  const last = mean(taskLoss(ops, kind, classify(ops, params, hidden), labels));
  const losses = [...rampLosses(backbone, ramps, cls, labels, kind, input), last];
  const weights = exitWeights(losses.length);
  const joint = losses.map((loss, layer) => mul(loss, weights[layer])).reduce((sum, loss) => add(sum, loss));
  return { joint, last };
}
