/** How many numbers a BERT of a shape consists of. */
import type { BertConfig } from "./config.ts";

/** Embeddings (their LayerNorm included) and everything else: layers, pooler and a classifier of `numOutputs`. */
export function parameterCount(
  config: BertConfig,
  numOutputs: number,
): { embeddings: number; rest: number } {
  const { hiddenSize: d, intermediateSize: inner, numLayers } = config;
  const norm = 2 * d, affine = (out: number, inputs: number) => out * inputs + out;
  const layer = affine(3 * d, d) + affine(d, d) + norm + affine(inner, d) + affine(d, inner) + norm;
  return {
    embeddings: (config.vocabSize + config.maxPositions + config.numSegments) * d + norm,
    rest: numLayers * layer + affine(d, d) + affine(numOutputs, d),
  };
}
