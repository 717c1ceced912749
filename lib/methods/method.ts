/**
 * A method is a gate and a finish, made fresh for every batch. The gate decides layer by layer and remembers the path;
 * the finish turns h^L into logits. Nothing else of a method is known to the encoder.
 */
import {
  type BatchTensors,
  batchTensors,
  type BertConfig,
  type BertParams,
  classify,
  encode,
  type Gate,
  type PaddedBatch,
} from "../bert/mod.ts";
import { dispose, keep, type Ops, read, type Tensor, tidy } from "../tensor/mod.ts";

/** A backbone ready to run: operations, shape and parameters. */
export interface Backbone {
  ops: Ops;
  config: BertConfig;
  params: BertParams;
}

/** One batch's way through a method. */
export interface Pass {
  gate: Gate;
  finish(hidden: Tensor): Tensor;
  /** The actions taken so far, one [B] of 0 and 1 per layer; [] where every layer runs. */
  actions: Tensor[];
}

/** Starts a pass; called once per batch. */
export type Method = () => Pass;

/** What a method makes of a batch. */
export interface Inference {
  /** Row-major [B, C]. */
  logits: Float32Array;
  /** Per row a 0/1 string, first layer first. */
  paths: string[];
}

/** The backbone's own head as a finish. */
export const backboneFinish = ({ ops, params }: Backbone) => (hidden: Tensor) =>
  classify(ops, params, hidden);

/** Runs one batch. The only place where logits and actions are read back, all at once. */
export async function infer(backbone: Backbone, batch: PaddedBatch, method: Method): Promise<Inference> {
  const pass = method();
  const [logits, ...actions] = tidy(() => {
    const tensors: BatchTensors = batchTensors(batch);
    const hidden = encode(backbone.ops, backbone.params, backbone.config, tensors, pass.gate);
    return [pass.finish(hidden), ...pass.actions].map(keep);
  });
  const tensors = [logits, ...actions];
  // At batch size 1, waiting for values that are there already would cost as much as half the gates.
  const [values, ...taken] = backbone.ops.readsAreFree
    ? tensors.map((x) => x.dataSync() as Float32Array)
    : await Promise.all(tensors.map(read));
  dispose(tensors);
  return { logits: values, paths: pathStrings(taken, batch.size, backbone.config.numLayers) };
}

/** Actions per layer, each [B], as one 0/1 string per row. */
function pathStrings(actions: Float32Array[], size: number, numLayers: number): string[] {
  if (actions.length === 0) return Array(size).fill("1".repeat(numLayers));
  return Array.from(
    { length: size },
    (_, row) => actions.map((action) => action[row] > 0 ? "1" : "0").join(""),
  );
}
