/** What a run needs of a machine, worked out before it starts. Rough, and on the safe side. */
import { type BertConfig, parameterCount } from "../../bert/mod.ts";
import type { Recipe } from "../recipe.ts";

/** The model that is trained, and how. */
export interface Training {
  config: BertConfig;
  recipe: Recipe;
  numOutputs: number;
}

const floatBytes = 4;

/** Deno, tfjs and the rows of a small task, in bytes. */
const program = 450e6;

function parameterBytes({ config, recipe: { stage1, stage3 }, numOutputs }: Training) {
  const { embeddings, rest } = parameterCount(config, numOutputs);
  const trainsAll = stage1.trainEmbeddings || stage3.trainEmbeddings;
  return {
    all: floatBytes * (embeddings + rest),
    trained: floatBytes * (trainsAll ? embeddings + rest : rest),
  };
}

/**
 * Bytes that stay behind of `runs` runs (their weights) and pass through while `jobs` of them train: a checkpoint
 * holds parameters, two moments and the best parameters so far, and is there twice while it is replaced.
 */
export function diskNeed(training: Training, runs: number, jobs: number): number {
  const { all, trained } = parameterBytes(training);
  return runs * all + Math.min(runs, jobs) * 2 * 4 * trained;
}

/** Rows in a step of the stage that has the most. */
export const largestBatch = ({ stage1, stage2, stage3, exits }: Recipe): number =>
  Math.max(...[stage1, stage2, stage3, exits].map(({ batchSize }) => batchSize));

/** Most bytes in memory while training, in the backend's heap (on `webgpu`: the GPU's memory) and elsewhere. */
export interface MemoryNeed {
  heap: number;
  total: number;
}

/**
 * The heap holds the parameters, a gradient, two moments and copies of those that are trained, and what a layer keeps
 * for the backward pass: 9 vectors of the hidden and 2 of the intermediate size per token, and 2 rows of attention per
 * head. The factors 2, 5 and 1.4 are fitted to peaks of single steps (a MiniLM on 32 x 56 and 32 x 128 tokens: 0.96
 * and 1.81 GB) and of the committed runs (2.1 GB at most).
 */
export function memoryNeed(training: Training): MemoryNeed {
  const { config, recipe } = training, { all, trained } = parameterBytes(training);
  const length = Math.min(recipe.maxLength, config.maxPositions);
  const perToken = 9 * config.hiddenSize + 2 * config.intermediateSize + 2 * config.numHeads * length;
  const activations = floatBytes * largestBatch(recipe) * length * config.numLayers * perToken;
  const heap = 2 * all + 5 * trained + 1.4 * activations;
  return { heap, total: program + heap };
}

/** What decides how many runs train at once. */
export interface JobLimits {
  /** Processor cores that may be used; a run is one thread. */
  cores: number;
  /** Bytes of memory: free, and needed by a run at most. */
  free: number;
  need: number;
  runs: number;
  usesGpu: boolean;
}

/** How many runs to train at once: one per core as far as memory reaches; one on a GPU, which they would share. */
export function jobsFor({ cores, free, need, runs, usesGpu }: JobLimits): number {
  return Math.max(1, Math.min(usesGpu ? 1 : cores, Math.floor(free / need), runs));
}
