/** What batch-1 latency is measured on: models with random weights (it does not depend on their values) and inputs. */
import { type BertConfig, type PaddedBatch, randomBert } from "../bert/mod.ts";
import type { Backbone } from "../methods/mod.ts";
import { type Ops, random } from "../tensor/mod.ts";
import { bertOf } from "./training.ts";

export interface LatencyShape {
  name: string;
  config: BertConfig;
  tokens: number;
  /** Inputs timed in a row. */
  rounds: number;
}

/** The micro model, MiniLM and BERT-base. */
export const latencyShapes: LatencyShape[] = [
  { name: "12 x 128", config: bertOf([12, 128, 4, 512], 1000), tokens: 64, rounds: 30 },
  { name: "6 x 384", config: bertOf([6, 384, 12, 1536], 30522), tokens: 64, rounds: 12 },
  { name: "12 x 768", config: bertOf([12, 768, 12, 3072], 30522), tokens: 64, rounds: 4 },
];

/** The model that every contestant runs, the same in every process. */
export function benchBackbone(ops: Ops, { config }: LatencyShape): Backbone {
  return { ops, config, params: randomBert(config, 2, random(0, "bench")) };
}

/** Token ids of the input by which contestants show that they compute the same. */
export const checkedIds = (tokens: number, vocabulary: number): number[] =>
  Array.from({ length: tokens }, (_, at) => (37 * at + 3) % vocabulary);

/** One unpadded sentence. */
export function singleInput(tokenIds: ArrayLike<number>): PaddedBatch {
  const length = tokenIds.length;
  return {
    tokenIds: Int32Array.from(tokenIds),
    segmentIds: new Int32Array(length),
    mask: new Float32Array(length).fill(1),
    size: 1,
    length,
  };
}

/** Sentences of random ids, one after the other. */
export function randomInputs({ tokens, config }: LatencyShape): () => PaddedBatch {
  const draw = random(0, "tokens");
  return () => singleInput(Array.from({ length: tokens }, () => Math.floor(draw() * config.vocabSize)));
}
