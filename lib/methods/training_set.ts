/** What a stage trains on: encoded examples, their batches, and the score of predictions on held-out ones. */
import { type Batch, collate, type EncodedExample, evalBatches, trainBatchRows } from "../glue/mod.ts";
import { InputError } from "../errors.ts";
import type { LabelKind } from "../train/mod.ts";
import { type Backbone, infer, type Method } from "./method.ts";

export interface TrainingSet {
  kind: LabelKind;
  train: EncodedExample[];
  heldOut: EncodedExample[];
  /** Score (times 100) of predictions against labels: class indices or values. */
  score(predictions: number[], labels: number[]): number;
}

/** Batches of the training rows in the order of epochs: the batch of any step can be asked for. */
export function batchSource(
  train: EncodedExample[],
  batchSize: number,
  seed: string,
): (step: number) => Batch {
  const perEpoch = Math.ceil(train.length / batchSize);
  let epoch = -1, rows: number[][] = [];
  return (step) => {
    const wanted = Math.floor(step / perEpoch);
    if (wanted !== epoch) {
      epoch = wanted;
      rows = trainBatchRows(train, { batchSize, seed, epoch });
    }
    return collate(train, rows[step % perEpoch]);
  };
}

/** Predictions and paths of examples, in their order. */
export interface Outcome {
  /** Class index (the first of equals) or value. */
  predictions: number[];
  paths: string[];
}

const evalBatchSize = 32;

/**
 * Runs `method` over `examples` in batches sorted by length. Throws `InputError` where the model's output is not a
 * number.
 */
export async function predictAll(
  backbone: Backbone,
  kind: LabelKind,
  examples: EncodedExample[],
  methodFor: (rows: number[]) => Method,
): Promise<Outcome> {
  const predictions: number[] = Array(examples.length), paths: string[] = Array(examples.length);
  for (const batch of evalBatches(examples, evalBatchSize)) {
    const inference = await infer(backbone, batch, methodFor(batch.rows));
    const bad = inference.logits.find((logit) => !Number.isFinite(logit));
    if (bad !== undefined) {
      throw new InputError(
        `The model's output for example ${
          batch.rows[0]
        } or one beside it is ${bad}: its training has diverged. Lower the learning rate (--set stage1.learningRate=... or stage3.learningRate=...).`,
      );
    }
    const outputs = inference.logits.length / batch.size;
    batch.rows.forEach((row, at) => {
      const logits = inference.logits.subarray(at * outputs, (at + 1) * outputs);
      predictions[row] = kind === "regression" ? logits[0] : logits.indexOf(Math.max(...logits));
      paths[row] = inference.paths[at];
    });
  }
  return { predictions, paths };
}

/** Layers that a 0/1 path string executes. */
export const executedLayers = (path: string): number => path.replaceAll("0", "").length;

/** Mean number of executed layers of path strings. */
export function meanExecutedLayers(paths: string[]): number {
  return paths.reduce((total, path) => total + executedLayers(path), 0) / paths.length;
}
