/**
 * The operations that the model is written over. `Forward` is what a forward pass needs, for any kind of tensor `X`;
 * `Ops` adds what training needs, on tfjs's tensors: each operation carries its own gradient and saves only what that
 * gradient needs.
 *
 * `composed.ts` implements them in plain tfjs for every backend and is the reference, `fused_ops.ts` with our kernels
 * on the wasm backend, `inference_ops.ts` the forward pass alone on places in its heap, without tensors or tape.
 */
import type { Place } from "./heap.ts";
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

/** A forward pass on tensors of kind `X`; parameters are always tfjs's. */
export interface Forward<X = Tensor> {
  /** int32 values of a shape. */
  ints(values: Int32Array, shape: number[]): X;
  /** float32 values of a shape. */
  floats(values: Float32Array, shape: number[]): X;
  /** The values of `x` where they can be had without waiting, so that control flow may depend on them; else null. */
  valuesNow(x: X): Float32Array | null;
  /** The values of what `work` returns; everything that it made is freed. A promise where reading back waits. */
  evaluate(work: () => X[]): Float32Array[] | Promise<Float32Array[]>;
  /** What `work` returns; everything else that it made is freed. */
  scope(work: () => X): X;

  /** Sum of equal shapes. */
  add(x: X, y: X): X;
  tanh(x: X): X;
  /** 1 where x > 0, else 0. Off the tape: a comparison has no gradient. */
  positive(x: X): X;
  /** `weight x + (1 - weight) y` with one weight [B] per example; x and y [B, T, H]. */
  mix(weight: X, x: X, y: X): X;
  /** The state of every example's first token. hidden [B, T, H]; returns [B, H]. */
  firstTokens(hidden: X): X;
  /** `x W^T + b`. x [..., in], weight [out, in] (the checkpoint's layout), bias [out]; returns [..., out]. */
  linear(x: X, weight: Tensor, bias: Tensor): X;
  /** Exact-erf GELU of `x W^T + b` (Hendrycks & Gimpel 2016); shapes as `linear`. */
  linearGelu(x: X, weight: Tensor, bias: Tensor): X;
  /** `LayerNorm(x + residual) * weight + bias` over the last axis (post-LN, Vaswani et al. 2017). */
  addLayerNorm(x: X, residual: X, weight: Tensor, bias: Tensor, epsilon: number): X;
  /** `addLayerNorm(linear(x, weight, bias), residual, ...)`: how each half of a layer ends. */
  linearAddLayerNorm(
    x: X,
    weight: Tensor,
    bias: Tensor,
    residual: X,
    normWeight: Tensor,
    normBias: Tensor,
    epsilon: number,
  ): X;
  /**
   * Masked multi-head self-attention on the fused projection. qkv [B, T, 3H] (query, key, value side by side),
   * mask [B, T] with 1 for a token and 0 for padding; returns [B, T, H].
   */
  attention(qkv: X, mask: X, numHeads: number): X;
  /** Rows of `table` [V, H] named by int32 `ids` [B, T]; returns [B, T, H]. Repeated ids add up in the gradient. */
  embed(table: Tensor, ids: X): X;
  /** Rows (first axis) of `x` named by int32 `rows` [R], each at most once. */
  gatherRows(x: X, rows: X): X;
  /** `x` with the rows named by int32 `rows` [R], each at most once, replaced by `updates` [R, ...]. */
  scatterRows(x: X, rows: X, updates: X): X;
}

/** `Forward` on places, with memory of its own. */
export interface InferenceOps extends Forward<Place> {
  /** Gives back the memory; the operations can be used again and start anew. */
  dispose(): void;
}

export interface Ops extends Forward {
  readonly backend: BackendName;
  /** New operations for the inference of one model; null where these here serve for that too. */
  readonly inference: (() => InferenceOps) | null;

  /** Softmax cross-entropy per example. logits [B, C], int32 labels [B]; returns [B]. */
  crossEntropy(logits: Tensor, labels: Tensor): Tensor;
  /** The Euclidean length of all `tensors` together; scalar. Not differentiable. */
  norm(tensors: Tensor[]): Tensor;
  /** Applies one AdamW update to `param` and `moments`; `gradient` is multiplied by the scalar `scale` first. */
  adamw(param: Variable, gradient: Tensor, moments: Moments, scale: Tensor, step: AdamWStep): void;
}
