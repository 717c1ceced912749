/**
 * Floating-point operations of a forward pass, two per multiply-add, matrix products only (attention's included,
 * which common counters leave out).
 */
import type { BertConfig } from "./config.ts";

/** One layer on `length` tokens: 4 n d^2 (projections) + 2 n d I (feed-forward) + 2 n^2 d (attention), times 2. */
export function layerFlops({ hiddenSize: d, intermediateSize: inner }: BertConfig, length: number): number {
  return 2 * (4 * length * d * d + 2 * length * d * inner + 2 * length * length * d);
}

/** Pooler and classifier. */
export function headFlops({ hiddenSize: d }: BertConfig, numOutputs: number): number {
  return 2 * (d * d + d * numOutputs);
}

/** `executed` layers, the head, and `gates` plan networks (one dot product each). */
export function pathFlops(
  config: BertConfig,
  length: number,
  executed: number,
  numOutputs: number,
  gates = 0,
): number {
  return executed * layerFlops(config, length) + headFlops(config, numOutputs) +
    gates * 2 * config.hiddenSize;
}
