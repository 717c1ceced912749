/** Task losses, one value per example. */
import { type Ops, square, sub, type Tensor } from "../tensor/mod.ts";

/** What a task's labels are: class indices or real scores. */
export type LabelKind = "classification" | "regression";

/**
 * Cross-entropy for classes; squared error on the raw score for regression (BERT's one-output head).
 * logits [B, C] (C = 1 for regression), labels float32 [B]; returns [B].
 */
export function taskLoss(ops: Ops, kind: LabelKind, logits: Tensor, labels: Tensor): Tensor {
  if (kind === "classification") return ops.crossEntropy(logits, labels);
  return square(sub(logits.reshape([-1]), labels));
}
