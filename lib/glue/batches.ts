/** Batches of examples of similar length, each padded to its own longest row: short sentences cost little. */
import seedrandom from "seedrandom";
import { InputError } from "../errors.ts";
import { shuffledOrder } from "./shuffle.ts";

/** One tokenized example. */
export interface EncodedExample {
  tokenIds: readonly number[];
  /** Same length as `tokenIds`. */
  segmentIds: readonly number[];
  /** Class index or score; null where labels are not public. */
  label: number | null;
  /** Data row of the file. */
  index: number;
}

/** Rows of `encoded` side by side, row-major. */
export interface Batch {
  tokenIds: Int32Array; // [size, length]
  segmentIds: Int32Array; // [size, length]
  /** 1 for a token, 0 for padding. */
  mask: Float32Array; // [size, length]
  /** NaN where an example has no label. */
  labels: Float32Array; // [size]
  /** Positions in the array that the batch was cut from. */
  rows: number[];
  size: number;
  /** Of the longest row. */
  length: number;
}

/** What decides the batches of an epoch. */
export interface TrainBatchOptions {
  batchSize: number;
  seed: number | string;
  /** Counted from 0. */
  epoch: number;
}

/** Batches per pool: enough to find rows of equal length, few enough that batches differ between epochs. */
const batchesPerPool = 32;

/**
 * The rows of each batch of one epoch: a seeded shuffle, cut into pools of 32 batches, sorted by length inside a
 * pool, cut into batches, the batches shuffled. It depends on lengths, seed and epoch alone, so batch k of epoch
 * e can be had again after a resume. Throws `InputError` for no examples or a batch size below 1.
 */
export function trainBatchRows(encoded: readonly EncodedExample[], options: TrainBatchOptions): number[][] {
  checkSizes(encoded, options.batchSize);
  const random = seedrandom(`${options.seed}/batches/${options.epoch}`);
  const order = shuffledOrder(encoded.length, random);
  const batches: number[][] = [];
  for (const pool of chunks(order, batchesPerPool * options.batchSize)) {
    batches.push(...chunks(byLength(encoded, pool), options.batchSize));
  }
  return shuffledOrder(batches.length, random).map((at) => batches[at]);
}

/** The rows of each evaluation batch: all examples sorted by length (then position). Throws as `trainBatchRows`. */
export function evalBatchRows(encoded: readonly EncodedExample[], batchSize: number): number[][] {
  checkSizes(encoded, batchSize);
  return chunks(byLength(encoded, encoded.map((_, row) => row)), batchSize);
}

/** The batches of one epoch, built all at once. Big sets: `trainBatchRows`, and `collate` as they are needed. */
export function trainBatches(encoded: readonly EncodedExample[], options: TrainBatchOptions): Batch[] {
  return trainBatchRows(encoded, options).map((rows) => collate(encoded, rows));
}

/**
 * Pads the examples at `rows` to the longest of them with `padId` (BERT's [PAD] is 0). Examples that have no label, as
 * pre-training's, are welcome.
 */
export function collate(
  encoded: readonly (Pick<EncodedExample, "tokenIds" | "segmentIds"> & Partial<EncodedExample>)[],
  rows: readonly number[],
  padId = 0,
): Batch {
  const size = rows.length;
  const length = Math.max(...rows.map((row) => encoded[row].tokenIds.length));
  const tokenIds = new Int32Array(size * length).fill(padId);
  const segmentIds = new Int32Array(size * length);
  const mask = new Float32Array(size * length);
  rows.forEach((row, at) => {
    tokenIds.set(encoded[row].tokenIds, at * length);
    segmentIds.set(encoded[row].segmentIds, at * length);
    mask.fill(1, at * length, at * length + encoded[row].tokenIds.length);
  });
  const labels = Float32Array.from(rows, (row) => encoded[row].label ?? NaN);
  return { tokenIds, segmentIds, mask, labels, rows: [...rows], size, length };
}

function byLength(encoded: readonly EncodedExample[], rows: readonly number[]): number[] {
  return [...rows].sort((p, q) => encoded[p].tokenIds.length - encoded[q].tokenIds.length);
}

function chunks(rows: readonly number[], size: number): number[][] {
  const parts: number[][] = [];
  for (let start = 0; start < rows.length; start += size) parts.push(rows.slice(start, start + size));
  return parts;
}

function checkSizes(encoded: readonly EncodedExample[], batchSize: number): void {
  if (encoded.length === 0) {
    throw new InputError("Found no examples; expected at least one to make a batch of.");
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new InputError(`Found batch size ${batchSize}; expected a whole number of at least 1.`);
  }
}
