/**
 * Off-ramps: a pooler and a classifier after every layer but the last, whose exit is the backbone's own head. Each has
 * a pooler of its own, which starts as a copy of the backbone's (DeeBERT; PABEE's code shares one among all exits, which
 * leaves no room for a standardised input).
 */
import {
  type Affine,
  batchTensors,
  type BertParams,
  clsState,
  encode,
  type Gate,
  type PaddedBatch,
  randomAffine,
} from "../../bert/mod.ts";
import { type Forward, type Random, readValues, setValues, type Tensor } from "../../tensor/mod.ts";
import type { Backbone } from "../method.ts";

/** One exit's head. */
export interface OffRamp {
  /** Weight [H, H]. */
  pooler: Affine;
  /** Weight [C, H]; C = 1 for a regression. */
  classifier: Affine;
}

/** The ramps after layers 1 to L - 1, in their order. */
export type OffRamps = OffRamp[];

/** Fresh ramps for a backbone of `numLayers` layers. */
export function randomOffRamps(
  numLayers: number,
  hiddenSize: number,
  numOutputs: number,
  rng: Random,
): OffRamps {
  return Array.from({ length: numLayers - 1 }, () => ({
    pooler: randomAffine(hiddenSize, hiddenSize, rng),
    classifier: randomAffine(numOutputs, hiddenSize, rng),
  }));
}

/** Gives every ramp the backbone's pooler to start from. */
export async function copyPooler({ pooler }: BertParams, ramps: OffRamps): Promise<void> {
  const weight = await readValues(pooler.weight), bias = await readValues(pooler.bias);
  for (const ramp of ramps) {
    setValues(ramp.pooler.weight, weight);
    setValues(ramp.pooler.bias, bias);
  }
}

/** A ramp's logits [B, C] from h_CLS [B, H]. */
export function rampLogits<X>(ops: Forward<X>, { pooler, classifier }: OffRamp, cls: X): X {
  const pooled = ops.tanh(ops.linear(cls, pooler.weight, pooler.bias));
  return ops.linear(pooled, classifier.weight, classifier.bias);
}

/** Runs every layer of a batch. Returns h^L and h_CLS after each layer, all on the tape; [L] of [B, H]. */
export function encodeKeepingCls({ ops, params, config }: Backbone, batch: PaddedBatch) {
  const cls: Tensor[] = [];
  const gate: Gate = (_layer, hidden, run) => {
    const next = run(hidden);
    cls.push(clsState(ops, next));
    return next;
  };
  const hidden = encode(ops, params, config, batchTensors(ops, batch), gate);
  return { hidden, cls };
}
