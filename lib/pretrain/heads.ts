/**
 * What stands on top of the backbone while it is pre-trained, and is thrown away after: which word is behind the mask
 * (MLM), does the second part follow (NSP; both Devlin et al. 2019), was this word replaced (RTD; Clark et al. 2020).
 */
import { type Affine, type BertConfig, type BertParams, pool, randomAffine } from "../bert/mod.ts";
import {
  floatTensor,
  mean,
  mul,
  ones,
  type Ops,
  type Random,
  sum,
  type Tensor,
  type Variable,
  variable,
  zeros,
} from "../tensor/mod.ts";
import type { PretextBatch, Questions } from "./batches.ts";

export interface PretextHeads {
  /** BERT's transform before the words' own embeddings decode it. */
  transform: Affine;
  transformNorm: Affine;
  /** One number per word of the vocabulary. */
  wordBias: Variable;
  follows: Affine;
  replaced: Affine;
}

/** Fresh heads. */
export function randomHeads(
  { hiddenSize, vocabSize }: BertConfig,
  rng: Random,
  deviation: number,
): PretextHeads {
  return {
    transform: randomAffine(hiddenSize, hiddenSize, rng, deviation),
    transformNorm: { weight: variable(ones([hiddenSize])), bias: variable(zeros([hiddenSize])) },
    wordBias: variable(zeros([vocabSize])),
    follows: randomAffine(2, hiddenSize, rng, deviation),
    replaced: randomAffine(2, hiddenSize, rng, deviation),
  };
}

/** The heads' logits for the questions of a batch, each [number of questions, classes]. */
export interface PretextLogits {
  masked: Tensor;
  replaced: Tensor;
  follows: Tensor;
}

/** Logits of all three heads. hidden [B, T, H] is the last layer's. */
export function pretextLogits(
  ops: Ops,
  { embeddings, pooler }: BertParams,
  heads: PretextHeads,
  config: BertConfig,
  hidden: Tensor,
  batch: PretextBatch,
): PretextLogits {
  const tokens = hidden.reshape([-1, config.hiddenSize]);
  const at = (x: Tensor, { places }: Questions) => ops.gatherRows(x, ops.ints(places, [places.length]));
  const guess = ops.linearGelu(at(tokens, batch.masked), heads.transform.weight, heads.transform.bias);
  const { weight, bias } = heads.transformNorm;
  const normed = ops.addLayerNorm(guess, zeros(guess.shape), weight, bias, config.layerNormEpsilon);
  return {
    masked: ops.linear(normed, embeddings.word, heads.wordBias),
    replaced: ops.linear(at(tokens, batch.replaced), heads.replaced.weight, heads.replaced.bias),
    follows: ops.linear(
      at(pool(ops, pooler, hidden), batch.follows),
      heads.follows.weight,
      heads.follows.bias,
    ),
  };
}

/** How much each objective counts beside MLM; replaced tokens are rare, so one counts for several kept ones. */
export interface PretextWeights {
  follows: number;
  replaced: number;
  rare: number;
}

/** Mean cross-entropy of each objective. */
export interface PretextLosses {
  masked: Tensor;
  replaced: Tensor;
  follows: Tensor;
}

/** The three losses of a batch; scalars. */
export function pretextLosses(
  ops: Ops,
  logits: PretextLogits,
  batch: PretextBatch,
  { rare }: PretextWeights,
): PretextLosses {
  const answersOf = ({ answers }: Questions) => floatTensor(answers, [answers.length]);
  const weights = Float32Array.from(batch.replaced.answers, (isReplaced) => isReplaced ? rare : 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const replaced = ops.crossEntropy(logits.replaced, answersOf(batch.replaced));
  return {
    masked: mean(ops.crossEntropy(logits.masked, answersOf(batch.masked))),
    replaced: sum(mul(replaced, floatTensor(weights.map((weight) => weight / total), [weights.length]))),
    follows: mean(ops.crossEntropy(logits.follows, answersOf(batch.follows))),
  };
}
