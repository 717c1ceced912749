/** Which threshold or patience: chosen on held-out rows, from what every exit says of them, without running again. */
import type { LabelKind } from "../../train/mod.ts";
import { predictionOf } from "../training_set.ts";
import { byPatience, type ExitRule, predictionEntropy } from "./rules.ts";
import { mean } from "../../mean.ts";

/** What a rule makes of examples whose every exit is known. */
export interface ExitOutcome {
  /** Class index (the first of equals) or value per example. */
  predictions: number[];
  meanLayers: number;
}

/** Leaves each example of `exits` ([examples][L][C]) where `rule` stops, else at the last exit. */
export function exitsUnder(rule: ExitRule, exits: Float32Array[][], kind: LabelKind): ExitOutcome {
  let layers = 0;
  const predictions = exits.map((logits) => {
    const stops = rule(), at = logits.findIndex((own, layer) => layer === logits.length - 1 || stops(own));
    layers += at + 1;
    return predictionOf(logits[at], kind);
  });
  return { predictions, meanLayers: layers / exits.length };
}

/** A rule's knob and the mean layers it gives. */
export interface ChosenExit {
  knob: number;
  meanLayers: number;
}

/** The one of `choices` whose mean layers lie nearest to `wanted`; of equals the one with more layers. */
function nearest(choices: ChosenExit[], wanted: number): ChosenExit {
  const distance = ({ meanLayers }: ChosenExit) => Math.abs(meanLayers - wanted);
  return choices.reduce((best, choice) => {
    const closer = distance(choice) - distance(best);
    return closer < 0 || (closer === 0 && choice.meanLayers > best.meanLayers) ? choice : best;
  });
}

/**
 * The entropy threshold whose mean layers lie nearest to `wanted`. Thresholds lie halfway between two entropies that
 * occur, so that rounding moves no example across.
 */
export function thresholdFor(exits: Float32Array[][], wanted: number): ChosenExit {
  const entropies = exits.map((logits) => logits.slice(0, -1).map(predictionEntropy));
  const meanLayers = (threshold: number) => {
    const layers = entropies.map((own) => {
      const at = own.findIndex((entropy) => entropy < threshold);
      return at < 0 ? own.length + 1 : at + 1;
    });
    return mean(layers);
  };
  const occurring = [...new Set(entropies.flat())].sort((a, b) => a - b);
  const thresholds = [0, ...occurring.map((entropy, i) => (entropy + (occurring[i + 1] ?? entropy + 1)) / 2)];
  // Mean layers fall as the threshold rises: the first one at or below what is wanted, and the one before it.
  let low = 0, high = thresholds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (meanLayers(thresholds[middle]) <= wanted) high = middle;
    else low = middle + 1;
  }
  const candidates = thresholds.slice(Math.max(0, low - 1), low + 1);
  return nearest(candidates.map((knob) => ({ knob, meanLayers: meanLayers(knob) })), wanted);
}

/** The patience whose mean layers lie nearest to `wanted`. */
export function patienceFor(exits: Float32Array[][], wanted: number, kind: LabelKind): ChosenExit {
  const patiences = exits[0].map((_, patience) => patience);
  const choices = patiences.map((knob) => ({
    knob,
    meanLayers: exitsUnder(byPatience(knob, kind), exits, kind).meanLayers,
  }));
  return nearest(choices, wanted);
}
