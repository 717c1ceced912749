/**
 * A method is a gate and a finish, made fresh for every batch. The gate decides layer by layer and remembers the path;
 * the finish turns h^L into logits. Nothing else of a method is known to the encoder.
 */
import {
  batchTensors,
  type BertConfig,
  type BertParams,
  classify,
  encode,
  type Gate,
  type PaddedBatch,
} from "../bert/mod.ts";
import type { Forward, Ops, Tensor } from "../tensor/mod.ts";

/** A backbone ready to run: operations, shape and parameters. */
export interface Backbone<O = Ops> {
  ops: O;
  config: BertConfig;
  params: BertParams;
}

/** One batch's way through a method. */
export interface Pass<X = Tensor> {
  gate: Gate<X>;
  finish(hidden: X): X;
  /**
   * What is read back beside the logits; `conclude` says what that is. Without one: the actions, one [B] of 0 and 1 per
   * layer, or [] where every layer ran.
   */
  read: X[];
  /** What a method makes of what was read, where that is more than logits and actions. */
  conclude?(logits: Float32Array, read: Float32Array[]): Inference;
}

/** Starts a pass; called once per batch, before anything is computed. */
export type Method<X = Tensor> = (batch: PaddedBatch) => Pass<X>;

/** What a method makes of a batch. */
export interface Inference {
  /** Row-major [B, C]. */
  logits: Float32Array;
  /** Per row a 0/1 string, first layer first. */
  paths: string[];
}

/** The backbone's own head as a finish. */
export const backboneFinish = <X>({ ops, params }: Backbone<Forward<X>>) => (hidden: X): X =>
  classify(ops, params, hidden);

/** Runs one batch. The only place where logits and what stands beside them are read back, all at once. */
export async function infer<X>(
  { ops, params, config }: Backbone<Forward<X>>,
  batch: PaddedBatch,
  method: Method<X>,
): Promise<Inference> {
  const pass = method(batch);
  const values = ops.evaluate(() => {
    const hidden = encode(ops, params, config, batchTensors(ops, batch), pass.gate);
    return [pass.finish(hidden), ...pass.read];
  });
  // Waiting for values that are there already would cost a single input more than its gates.
  const [logits, ...read] = values instanceof Promise ? await values : values;
  return pass.conclude?.(logits, read) ??
    { logits, paths: pathStrings(read, batch.size, config.numLayers) };
}

/** Actions per layer, each [B], as one 0/1 string per row. */
function pathStrings(actions: Float32Array[], size: number, numLayers: number): string[] {
  if (actions.length === 0) return Array(size).fill("1".repeat(numLayers));
  return Array.from(
    { length: size },
    (_, row) => actions.map((action) => action[row] > 0 ? "1" : "0").join(""),
  );
}
