/**
 * `Ops`: the fused operations that the model is written over. `composed.ts` implements them in plain tfjs for every
 * backend and is the reference; `fused_ops.ts` implements them with our own kernels on `wasm`. Each operation carries its own
 * gradient and saves only what that gradient needs.
 */
import type { Tensor, Variable } from "./tf.ts";

/** Name of a tfjs backend this project runs on. */
export type BackendName = "webgpu" | "wasm" | "cpu";

/** One AdamW update (Loshchilov & Hutter 2019, decoupled weight decay), already resolved to numbers of this step. */
export interface AdamWStep {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** `1 - beta1^t` and `1 - beta2^t`: bias corrections of step t. */
  correction1: number;
  correction2: number;
}

/** First and second moment of a parameter's gradient; same shape as the parameter. */
export interface Moments {
  first: Variable;
  second: Variable;
}

export interface Ops {
  readonly backend: BackendName;
  /** True where reading a value back to JavaScript waits for nothing, so that control flow may depend on it. */
  readonly readsAreFree: boolean;
  /** True where a few values can be read at all without waiting: enough for a gate of batch-1 inference. */
  readonly readsSmallNow: boolean;

  /** `x W^T + b`. x [..., in], weight [out, in] (the checkpoint's layout), bias [out]; returns [..., out]. */
  linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor;
  /** Exact-erf GELU of `x W^T + b` (Hendrycks & Gimpel 2016); shapes as `linear`. */
  linearGelu(x: Tensor, weight: Tensor, bias: Tensor): Tensor;
  /** `LayerNorm(x + residual) * weight + bias` over the last axis (post-LN, Vaswani et al. 2017). */
  addLayerNorm(x: Tensor, residual: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor;
  /** `addLayerNorm(linear(x, weight, bias), residual, ...)`: how each half of a layer ends. */
  linearAddLayerNorm(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    residual: Tensor,
    normWeight: Tensor,
    normBias: Tensor,
    epsilon: number,
  ): Tensor;
  /**
   * Masked multi-head self-attention on the fused projection. qkv [B, T, 3H] (query, key, value side by side),
   * mask [B, T] with 1 for a token and 0 for padding; returns [B, T, H].
   */
  attention(qkv: Tensor, mask: Tensor, numHeads: number): Tensor;
  /** Rows of `table` [V, H] named by int32 `ids` [B, T]; returns [B, T, H]. Repeated ids add up in the gradient. */
  embed(table: Tensor, ids: Tensor): Tensor;
  /** Rows (first axis) of `x` named by int32 `rows` [R], each at most once. */
  gatherRows(x: Tensor, rows: Tensor): Tensor;
  /** `x` with the rows named by int32 `rows` [R], each at most once, replaced by `updates` [R, ...]. */
  scatterRows(x: Tensor, rows: Tensor, updates: Tensor): Tensor;
  /** Softmax cross-entropy per example. logits [B, C], int32 labels [B]; returns [B]. */
  crossEntropy(logits: Tensor, labels: Tensor): Tensor;
  /** The Euclidean length of all `tensors` together; scalar. Not differentiable. */
  norm(tensors: Tensor[]): Tensor;
  /** Applies one AdamW update to `param` and `moments`; `gradient` is multiplied by the scalar `scale` first. */
  adamw(param: Variable, gradient: Tensor, moments: Moments, scale: Tensor, step: AdamWStep): void;
}
