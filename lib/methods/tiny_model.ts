/** A model of 2 layers x 8 and forty generated examples, for tests that train in a second. */
import { type BertConfig, randomBert } from "../bert/mod.ts";
import { type Batch, collate, type EncodedExample } from "../glue/mod.ts";
import { type Ops, random } from "../tensor/mod.ts";
import type { ReinforcementSettings } from "./dpbert/stages.ts";
import type { Backbone } from "./method.ts";
import type { TrainingSet } from "./training_set.ts";

export const tinyConfig: BertConfig = {
  vocabSize: 9,
  hiddenSize: 8,
  numLayers: 2,
  numHeads: 2,
  intermediateSize: 12,
  maxPositions: 8,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

/** A random backbone, of two labels unless told otherwise; wide weights, so that layers and inputs differ. */
export function tinyBackbone(ops: Ops, seed = 0, config = tinyConfig, outputs = 2): Backbone {
  return { ops, config, params: randomBert(config, outputs, random(seed, "backbone"), 0.3) };
}

/** Examples of 3 to 7 tokens; label 1 where token 5 is among them. */
export function tinyExamples(count: number, seed = 0): EncodedExample[] {
  const rng = random(seed, "examples");
  return Array.from({ length: count }, (_, index) => {
    const inner = Array.from({ length: 1 + Math.floor(rng() * 5) }, () => 4 + Math.floor(rng() * 5));
    const tokenIds = [2, ...inner, 3];
    return { tokenIds, segmentIds: tokenIds.map(() => 0), label: inner.includes(5) ? 1 : 0, index };
  });
}

/** Forty examples to train on, ten to select on; scored by accuracy. */
export function tinySet(): TrainingSet {
  const examples = tinyExamples(50);
  return {
    kind: "classification",
    train: examples.slice(0, 40),
    heldOut: examples.slice(40),
    score: (predictions, labels) =>
      100 * predictions.filter((prediction, row) => prediction === labels[row]).length / labels.length,
  };
}

/** A third stage of some steps on it. */
export const tinyStage3: ReinforcementSettings = {
  steps: 8,
  batchSize: 8,
  learningRate: 1e-3,
  plannerLearningRate: 2e-2,
  plannerFinal: 0.3,
  warmup: 0.05,
  weightDecay: 0.01,
  clipNorm: 1,
  trainEmbeddings: true,
  evaluations: 2,
  targetRate: 0.6,
  lambda1: 1,
  lambda2: 10,
  beta: 5,
  muPer: "batch",
  rewardBaseline: "none",
  plannerInput: "detached",
};

/** One batch of the first `size` examples. */
export function tinyBatch(size = 4): Batch {
  return collate(tinyExamples(size), Array.from({ length: size }, (_, row) => row));
}
