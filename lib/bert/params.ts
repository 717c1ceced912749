/** BERT's parameters as plain records that mirror the checkpoint. Weights are [out, in]. */
import {
  floatTensor,
  ones,
  type Random,
  truncatedNormals,
  type Variable,
  variable,
  zeros,
} from "../tensor/mod.ts";
import type { BertConfig } from "./config.ts";

/** `y = x W^T + b`, or the scale and shift of a LayerNorm. */
export interface Affine {
  weight: Variable;
  bias: Variable;
}

export interface LayerParams {
  /** Query, key and value projections side by side: weight [3H, H]. */
  qkv: Affine;
  attentionOutput: Affine;
  attentionNorm: Affine;
  intermediate: Affine;
  output: Affine;
  outputNorm: Affine;
}

export interface EmbeddingParams {
  word: Variable;
  position: Variable;
  segment: Variable;
  norm: Affine;
}

export interface BertParams {
  embeddings: EmbeddingParams;
  layers: LayerParams[];
  pooler: Affine;
  /** One output per class, or a single one for regression. */
  classifier: Affine;
}

/** N(0, 0.02) cut at two deviations: BERT's initialiser_range (Devlin et al. 2019). */
const initializerRange = 0.02;

/** A weight drawn from BERT's initialiser; bias 0. */
export function randomAffine(out: number, inputs: number, rng: Random, deviation = initializerRange): Affine {
  return {
    weight: variable(floatTensor(truncatedNormals(rng, out * inputs, deviation), [out, inputs])),
    bias: variable(zeros([out])),
  };
}

function unitNorm(width: number): Affine {
  return { weight: variable(ones([width])), bias: variable(zeros([width])) };
}

/** A freshly initialised BERT with `numOutputs` logits. */
export function randomBert(
  config: BertConfig,
  numOutputs: number,
  rng: Random,
  deviation = initializerRange,
): BertParams {
  const { hiddenSize: h, intermediateSize: inner } = config;
  const table = (rows: number) =>
    variable(floatTensor(truncatedNormals(rng, rows * h, deviation), [rows, h]));
  return {
    embeddings: {
      word: table(config.vocabSize),
      position: table(config.maxPositions),
      segment: table(config.numSegments),
      norm: unitNorm(h),
    },
    layers: Array.from({ length: config.numLayers }, () => ({
      qkv: randomAffine(3 * h, h, rng, deviation),
      attentionOutput: randomAffine(h, h, rng, deviation),
      attentionNorm: unitNorm(h),
      intermediate: randomAffine(inner, h, rng, deviation),
      output: randomAffine(h, inner, rng, deviation),
      outputNorm: unitNorm(h),
    })),
    pooler: randomAffine(h, h, rng, deviation),
    classifier: randomAffine(numOutputs, h, rng, deviation),
  };
}
