/** What a stage trains on: encoded examples, their batches, and the score of predictions on held-out ones. */
import { type Batch, collate, type EncodedExample, evalBatchRows, trainBatchRows } from "../glue/mod.ts";
import { Diverged } from "../errors.ts";
import type { Interruption, LabelKind } from "../train/mod.ts";
import { type Backbone, infer, type Method } from "./method.ts";
import { mean } from "../mean.ts";

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

/** The prediction that one example's logits make: a class index (the first of equals) or a value. */
export function predictionOf(logits: ArrayLike<number>, kind: LabelKind): number {
  const values = Array.from(logits);
  return kind === "regression" ? values[0] : values.indexOf(Math.max(...values));
}

const evalBatchSize = 32;

/** What `predictAll` has done after some batches; rows to come are empty. */
interface PartialOutcome extends Outcome {
  batches: number;
}

function begun(done: unknown, size: number): PartialOutcome {
  const partial = done as PartialOutcome | null;
  return partial?.paths.length === size
    ? partial
    : { batches: 0, predictions: Array(size), paths: Array(size) };
}

/**
 * Runs `method` over `examples` in batches sorted by length, which may be interrupted between two of them. Throws
 * `Diverged` where the model's output is not a number.
 */
export async function predictAll(
  backbone: Backbone,
  kind: LabelKind,
  examples: EncodedExample[],
  methodFor: (rows: number[]) => Method,
  interruption?: Interruption,
): Promise<Outcome> {
  const all = evalBatchRows(examples, evalBatchSize);
  const outcome = begun(interruption?.done ?? null, examples.length), { predictions, paths } = outcome;
  while (outcome.batches < all.length) {
    const batch = collate(examples, all[outcome.batches++]);
    const { logits, paths: batchPaths } = await infer(backbone, batch, methodFor(batch.rows));
    checkOutputs(logits, batch.rows[0]);
    const outputs = logits.length / batch.size;
    batch.rows.forEach((row, at) => {
      predictions[row] = predictionOf(logits.subarray(at * outputs, (at + 1) * outputs), kind);
      paths[row] = batchPaths[at];
    });
    await interruption?.between(outcome);
  }
  return { predictions, paths };
}

function checkOutputs(logits: Float32Array, row: number): void {
  const bad = logits.find((logit) => !Number.isFinite(logit));
  if (bad === undefined) return;
  throw new Diverged(
    `The model's output for example ${row} or one beside it is ${bad}: its training has diverged. Lower the learning rate (--set stage1.learningRate=... or stage3.learningRate=...).`,
  );
}

/** Layers that a 0/1 path string executes. */
export const executedLayers = (path: string): number => path.replaceAll("0", "").length;

/** Mean number of executed layers of path strings. */
export function meanExecutedLayers(paths: string[]): number {
  return mean(paths.map(executedLayers));
}
