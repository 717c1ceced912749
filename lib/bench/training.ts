/** Training steps a second, ours beside PyTorch's on the same shape: the numbers that decide how long a grid takes. */
import { fileURLToPath } from "node:url";
import type { BertConfig } from "../bert/mod.ts";
import {
  alternate,
  type Contestant,
  type ContestantSpec,
  type Measured,
  startContestant,
  together,
} from "./contestant.ts";
import type { StepShape } from "./training_step.ts";

/** A model and a batch that are timed. */
export interface TrainingShape extends StepShape {
  name: string;
}

/** A BERT of that shape; the short vocabulary is the micro model's, with inputs of up to 64 tokens. */
export function bertOf(
  [numLayers, hiddenSize, numHeads, intermediateSize]: [number, number, number, number],
  vocabSize: number,
): BertConfig {
  const maxPositions = vocabSize > 10_000 ? 512 : 64;
  return {
    vocabSize,
    hiddenSize,
    numLayers,
    numHeads,
    intermediateSize,
    maxPositions,
    numSegments: 2,
    layerNormEpsilon: 1e-12,
  };
}

/** The micro model at two widths and MiniLM. */
export const trainingShapes: TrainingShape[] = [
  {
    name: "12 x 64",
    config: bertOf([12, 64, 4, 128], 1000),
    batchSize: 32,
    tokens: 32,
    trainEmbeddings: true,
  },
  {
    name: "12 x 128",
    config: bertOf([12, 128, 4, 512], 1000),
    batchSize: 32,
    tokens: 32,
    trainEmbeddings: true,
  },
  {
    name: "6 x 384",
    config: bertOf([6, 384, 12, 1536], 30522),
    batchSize: 8,
    tokens: 64,
    trainEmbeddings: true,
  },
];

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Our own training, with or without a BLAS. */
export function ourSpec(shape: TrainingShape, blas: "auto" | "off"): ContestantSpec {
  return {
    name: blas === "off" ? "ours, no BLAS" : "ours",
    command: Deno.execPath(),
    args: ["run", "-A", "--quiet", here("training_child.ts"), JSON.stringify(shape)],
    env: { DPB_BLAS: blas },
  };
}

/** PyTorch's, eager and on one thread, as it comes or with its fused AdamW; `python` is an interpreter that has torch. */
export function torchSpec(shape: TrainingShape, python: string, fusedAdamW: boolean): ContestantSpec {
  const { config, batchSize, tokens, trainEmbeddings } = shape;
  return {
    name: fusedAdamW ? "PyTorch, fused AdamW" : "PyTorch",
    command: python,
    args: [
      here("peers/torch_training.py"),
      JSON.stringify({ ...config, batchSize, tokens, trainEmbeddings, fusedAdamW }),
    ],
    env: { OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
  };
}

/** Everybody who trains `shape`; without a Python, ourselves alone. */
export function trainingContestants(shape: TrainingShape, python: string | null): ContestantSpec[] {
  const ours = [ourSpec(shape, "auto"), ourSpec(shape, "off")];
  return python ? [...ours, torchSpec(shape, python, false), torchSpec(shape, python, true)] : ours;
}

/** One shape's outcome. */
export interface TrainingOutcome {
  shape: string;
  tokensPerStep: number;
  alone: Measured[];
  /** Two processes of a kind at once, where asked for. */
  pairs: Measured[][];
}

/** Times `shape` with every contestant in turn, then, if `pairs`, with two processes of each kind at once. */
export async function benchTraining(
  shape: TrainingShape,
  specs: ContestantSpec[],
  { blocks = 5, rounds = 10, pairs = false } = {},
): Promise<TrainingOutcome> {
  const alone = await withContestants(specs, (all) => alternate(all, blocks, rounds));
  const both: Measured[][] = [];
  for (const spec of pairs ? specs : []) {
    both.push(await withContestants([spec, spec], (two) => together(two, blocks, rounds)));
  }
  return { shape: shape.name, tokensPerStep: shape.batchSize * shape.tokens, alone, pairs: both };
}

/** Starts all, has `work` done with them, and closes them whatever happens. */
export async function withContestants<T>(
  specs: ContestantSpec[],
  work: (all: Contestant[]) => Promise<T>,
): Promise<T> {
  const all: Contestant[] = [];
  try {
    for (const spec of specs) all.push(await startContestant(spec));
    return await work(all);
  } finally {
    await Promise.all(all.map((contestant) => contestant.close()));
  }
}
