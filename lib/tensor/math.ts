/**
 * The plain tensor vocabulary of the other rooms: tfjs's own functions under their own names, and the few that tfjs
 * lacks. Whatever is worth fusing is in `Ops` instead.
 */
import { differentiable, holding } from "./differentiable.ts";
import { type Tensor, tf, type Variable } from "./tf.ts";

export { detach } from "./differentiable.ts";

export const {
  add,
  concat,
  div,
  exp,
  log,
  matMul,
  mean,
  mul,
  neg,
  ones,
  scalar,
  sigmoid,
  softmax,
  square,
  stack,
  sub,
  sum,
  tanh,
  zeros,
  tidy,
  keep,
  dispose,
} = tf;

/** A float32 tensor of `values` in `shape`. */
export const floatTensor = (values: Float32Array | number[], shape: number[]): Tensor =>
  tf.tensor(values, shape, "float32");

/** An int32 tensor of `values` in `shape`. */
export const intTensor = (values: Int32Array | number[], shape: number[]): Tensor =>
  tf.tensor(values, shape, "int32");

/** A trainable parameter (or optimiser state) that survives `tidy`. */
export function variable(initial: Tensor): Variable {
  const created = tf.variable(initial);
  initial.dispose();
  return created;
}

/** 1 where `a < b`, else 0, as float32. Neither side may be on the tape: a comparison has no gradient. */
export const lessThan = (a: Tensor, b: Tensor): Tensor => tf.less(a, b).toFloat();

/**
 * Log-probability of Bernoulli actions: `a log s + (1 - a) log(1 - s)` with `s = sigmoid(logit)`, computed from the
 * logit so that it stays finite; gradient `a - s`. All [B].
 */
export function bernoulliLogProb(logit: Tensor, action: Tensor): Tensor {
  return differentiable(
    [logit],
    (logit) => ({ value: tf.sub(tf.mul(action, logit), tf.softplus(logit)), saved: [logit, action] }),
    (dy, [logit, action]) => [tf.mul(dy, tf.sub(action, tf.sigmoid(logit)))],
  );
}

/** Value and gradients of a scalar function with respect to `params`; a parameter it never used has gradient null. */
export function valueAndGradients(
  f: () => Tensor,
  params: Variable[],
): { value: Tensor; gradients: (Tensor | null)[] } {
  const { value, grads } = holding(() => tf.variableGrads(f as () => tf.Scalar, params));
  return { value, gradients: params.map((param) => grads[param.name] ?? null) };
}

/** Number of tensors alive on all backends: constant from step to step in a loop that leaks nothing. */
export const liveTensors = (): number => tf.memory().numTensors;

/** Bytes that they hold. */
export const liveBytes = (): number => tf.memory().numBytes;

/** `min(1, limit / norm)`: the factor that brings a vector of length `norm` down to at most `limit`. Scalars. */
export const unitScale = (norm: Tensor, limit: number): Tensor =>
  tf.minimum(1, tf.div(limit, tf.add(norm, 1e-6)));

/** The values of `x`; waits for the device. */
export const read = async (x: Tensor): Promise<Float32Array> => await x.data() as Float32Array;
