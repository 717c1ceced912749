/** When to leave: rules that see the logits of one exit after the other and say at which to stop. */
import type { LabelKind } from "../../train/mod.ts";
import { executedLayers, predictionOf } from "../training_set.ts";

/** Fresh for every input: asked at each exit but the last, in order, whether that one's prediction is good enough. */
export type ExitRule = () => (logits: ArrayLike<number>) => boolean;

/** Entropy of the softmax of `logits`, in nats; from log-probabilities, so that it is finite where one is sure. */
export function predictionEntropy(logits: ArrayLike<number>): number {
  const values = Array.from(logits), highest = Math.max(...values);
  const logSum = Math.log(values.reduce((sum, x) => sum + Math.exp(x - highest), 0));
  return values.reduce((entropy, x) => {
    const logProb = x - highest - logSum;
    return entropy - Math.exp(logProb) * logProb;
  }, 0);
}

/** DeeBERT's rule: stops where the entropy lies strictly below `threshold` (Xin et al. 2020). */
export const byEntropy = (threshold: number): ExitRule => () => (logits) =>
  predictionEntropy(logits) < threshold;

/** Two values of a regression agree below this difference (PABEE's README, on scores from 0 to 5). */
export const agreement = 0.1;

/**
 * PABEE's rule: stops where `patience` exits in a row have agreed with the one before (Zhou et al. 2020), so after `patience` + 1 layers at the earliest. 0 never stops. Classes agree when they are equal, values when they
 * differ by less than `agreement`.
 */
export const byPatience = (patience: number, kind: LabelKind): ExitRule => () => {
  let before: number | null = null, agreed = 0;
  return (logits) => {
    const now = predictionOf(logits, kind);
    const agrees = before !== null &&
      (kind === "regression" ? Math.abs(now - before) < agreement : now === before);
    agreed = agrees ? agreed + 1 : 0;
    before = now;
    return patience > 0 && agreed === patience;
  };
};

/** Stops after as many layers as a path executes; one path per input, in the order in which the inputs ask. */
export function byPaths(paths: string[]): ExitRule {
  let inputs = 0;
  return () => {
    const layers = executedLayers(paths[inputs++]);
    let seen = 0;
    return () => ++seen === layers;
  };
}
