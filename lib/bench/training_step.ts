/** Milliseconds of one training step of a shape on a running backend: forward, backward and AdamW. */
import { type BertConfig, randomBert } from "../bert/mod.ts";
import { fineTune } from "../methods/mod.ts";
import { type Backend, disposeTree, random } from "../tensor/mod.ts";

/** What is timed. */
export interface StepShape {
  config: BertConfig;
  batchSize: number;
  tokens: number;
  trainEmbeddings: boolean;
}

/** Median over three steps after two that warm up. `now`: milliseconds from an arbitrary origin. */
export async function trainingStepMs(backend: Backend, shape: StepShape, now: () => number): Promise<number> {
  const times = await trainingStepTimes(backend, shape, { warmup: 2, counted: 3, now });
  return times.sort((a, b) => a - b)[1];
}

/** Milliseconds of each of `counted` steps after `warmup` that do not count. */
export async function trainingStepTimes(
  backend: Backend,
  shape: StepShape,
  { warmup, counted, now }: { warmup: number; counted: number; now: () => number },
): Promise<number[]> {
  const { config, batchSize, tokens, trainEmbeddings } = shape;
  const rng = random(0, "step");
  const rows = Array.from({ length: batchSize }, (_, index) => ({
    tokenIds: Array.from({ length: tokens }, () => Math.floor(rng() * config.vocabSize)),
    segmentIds: Array(tokens).fill(0),
    label: index % 2,
    index,
  }));
  const backbone = { ops: backend.ops, config, params: randomBert(config, 2, rng) };
  const times: number[] = [];
  let last = now();
  try {
    await fineTune(
      backbone,
      { kind: "classification", train: rows, heldOut: rows.slice(0, 1), score: () => 0 },
      {
        steps: warmup + counted + 1, // the last one also evaluates, so it is left out
        batchSize,
        learningRate: 1e-4,
        warmup: 0,
        weightDecay: 0.01,
        clipNorm: 1,
        trainEmbeddings,
        evaluations: 1,
      },
      0,
      {
        now,
        onProgress: () => {
          times.push(now() - last);
          last = now();
        },
      },
    );
  } finally {
    disposeTree(backbone.params);
  }
  return times.slice(warmup, warmup + counted);
}
