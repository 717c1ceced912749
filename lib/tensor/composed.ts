/**
 * `Ops` in plain tfjs, for every backend: the reference that faster implementations are tested against.
 *
 * Column sums are written as a product with a row of ones, and gradients that serve two inputs are cloned, because
 * the tape disposes each one separately.
 */
import { differentiable } from "./differentiable.ts";
import { plainOps } from "./plain_ops.ts";
import { type Tensor, tf } from "./tf.ts";
import type { AdamWStep, BackendName, Moments, Ops } from "./ops.ts";

const lastAxis = (x: Tensor) => x.shape[x.rank - 1];
/** [..., n] -> [rows, n]. */
const asMatrix = (x: Tensor): tf.Tensor2D => x.reshape([-1, lastAxis(x)]);

/** Sum over the rows of [rows, n]; returns [n]. */
function columnSum(x: tf.Tensor2D): Tensor {
  return tf.matMul(tf.ones([1, x.shape[0]]), x).reshape([x.shape[1]]);
}

function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return differentiable([x, weight, bias], (x, weight, bias) => {
    const y = tf.add(tf.matMul(asMatrix(x), weight as tf.Tensor2D, false, true), bias);
    return { value: y.reshape([...x.shape.slice(0, -1), weight.shape[0]]), saved: [x, weight] };
  }, (dy, [x, weight]) => {
    const d = asMatrix(dy);
    return [
      tf.matMul(d, weight as tf.Tensor2D).reshape(x.shape),
      tf.matMul(d, asMatrix(x), true, false),
      columnSum(d),
    ];
  });
}

/** GELU(x) = x Phi(x) with the exact normal distribution function Phi(x) = (1 + erf(x / sqrt 2)) / 2. */
function gelu(x: Tensor): Tensor {
  return differentiable([x], (x) => {
    const cdf = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
    return { value: tf.mul(x, cdf), saved: [x, cdf] };
  }, (dy, [x, cdf]) => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [tf.mul(dy, tf.add(cdf, tf.mul(x, density)))];
  });
}

function addLayerNorm(x: Tensor, residual: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  return differentiable([x, residual, weight, bias], (x, residual, weight, bias) => {
    const sum = tf.add(x, residual);
    const centred = tf.sub(sum, tf.mean(sum, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normal = tf.mul(centred, inverse);
    return { value: tf.add(tf.mul(normal, weight), bias), saved: [normal, inverse, weight] };
  }, (dy, [normal, inverse, weight]) => {
    const g = tf.mul(dy, weight);
    const along = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true));
    const dx = tf.mul(inverse, tf.sub(tf.sub(g, tf.mean(g, -1, true)), along));
    return [dx, dx.clone(), columnSum(asMatrix(tf.mul(dy, normal))), columnSum(asMatrix(dy))];
  });
}

/** [B, T, A D] -> [B, A, T, D]. */
function splitHeads(x: Tensor, numHeads: number): tf.Tensor4D {
  const [batch, length, width] = x.shape;
  return tf.transpose(x.reshape([batch, length, numHeads, width / numHeads]), [0, 2, 1, 3]);
}

/** [B, T, 3 A D] -> query, key and value, each [B, A, T, D]. One transpose first: slices along axis 0 are cheap. */
function splitProjections(qkv: Tensor, numHeads: number): tf.Tensor4D[] {
  const [batch, length, triple] = qkv.shape;
  const size = triple / 3 / numHeads;
  const parts = tf.transpose(qkv.reshape([batch * length, 3, triple / 3]), [1, 0, 2]);
  return [0, 1, 2].map((part) =>
    splitHeads(
      tf.slice(parts, [part, 0, 0], [1, batch * length, numHeads * size]).reshape([batch, length, -1]),
      numHeads,
    )
  );
}

/** [B, A, T, D] -> [B, T, A D]. */
function joinHeads(x: Tensor): Tensor {
  const [batch, heads, length, width] = x.shape;
  return tf.transpose(x, [0, 2, 1, 3]).reshape([batch, length, heads * width]);
}

function attention(qkv: Tensor, mask: Tensor, numHeads: number): Tensor {
  const [batch, length, triple] = qkv.shape;
  const scale = 1 / Math.sqrt(triple / 3 / numHeads);
  // BERT's additive mask: -10000 makes a padded key's softmax weight exactly 0 in float32.
  const closed = tf.mul(tf.sub(mask, 1), 10000).reshape([batch, 1, 1, length]);
  return differentiable([qkv], (qkv) => {
    const [q, k, v] = splitProjections(qkv, numHeads); // each [B, A, T, D]
    const scaled = tf.mul(q, scale);
    const weights = tf.softmax(tf.add(tf.matMul(scaled, k, false, true), closed)); // [B, A, T, T]
    return { value: joinHeads(tf.matMul(weights, v)), saved: [scaled, k, v, weights] };
  }, (dy, [scaled, k, v, weights]) => {
    const d = splitHeads(dy, numHeads);
    const dWeights = tf.matMul(d, v, false, true);
    const dScores = tf.mul(weights, tf.sub(dWeights, tf.sum(tf.mul(dWeights, weights), -1, true)));
    const dq = tf.mul(tf.matMul(dScores, k), scale);
    const dk = tf.matMul(dScores, scaled, true, false);
    const dv = tf.matMul(weights, d, true, false);
    return [tf.concat([dq, dk, dv].map(joinHeads), -1)];
  });
}

/** int32 positions [R] as scatterND wants them: [R, 1]. */
const asIndices = (rows: Tensor) => rows.reshape([-1, 1]).toInt();

function embed(table: Tensor, ids: Tensor): Tensor {
  const shape = table.shape;
  return differentiable(
    [table],
    (table) => ({ value: tf.gather(table, ids.toInt()), saved: [ids] }),
    (dy, [ids]) => [tf.scatterND(asIndices(ids), asMatrix(dy), shape)],
  );
}

function gatherRows(x: Tensor, rows: Tensor): Tensor {
  const shape = x.shape;
  return differentiable(
    [x],
    (x) => ({ value: tf.gather(x, rows.toInt()), saved: [rows] }),
    (dy, [rows]) => [tf.scatterND(asIndices(rows), dy, shape)],
  );
}

/** 0 at the positions named by `rows`, 1 elsewhere, shaped [n, 1, ...] to multiply a tensor of rank `rank`. */
function otherRows(rows: Tensor, n: number, rank: number): Tensor {
  const named = tf.scatterND(asIndices(rows), tf.ones([rows.shape[0]]), [n]);
  return tf.sub(1, named).reshape([n, ...Array(rank - 1).fill(1)]);
}

function scatterRows(x: Tensor, rows: Tensor, updates: Tensor): Tensor {
  return differentiable([x, updates], (x, updates) => {
    const kept = otherRows(rows, x.shape[0], x.rank);
    const value = tf.add(tf.mul(x, kept), tf.scatterND(asIndices(rows), updates, x.shape));
    return { value, saved: [rows, kept] };
  }, (dy, [rows, kept]) => [tf.mul(dy, kept), tf.gather(dy, rows.toInt())]);
}

function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return differentiable([logits], (logits) => {
    const target = tf.oneHot(labels.toInt() as tf.Tensor1D, lastAxis(logits)).toFloat();
    const logProbs = tf.logSoftmax(logits);
    return { value: tf.neg(tf.sum(tf.mul(logProbs, target), -1)), saved: [logProbs, target] };
  }, (dy, [logProbs, target]) => [tf.mul(tf.sub(tf.exp(logProbs), target), dy.expandDims(-1))]);
}

function norm(tensors: Tensor[]): Tensor {
  return tf.tidy(() => tf.sqrt(tensors.map((x) => tf.sum(tf.square(x))).reduce((a, b) => tf.add(a, b))));
}

function adamw(param: tf.Variable, gradient: Tensor, moments: Moments, scale: Tensor, step: AdamWStep): void {
  tf.tidy(() => {
    const g = tf.mul(gradient, scale);
    const first = tf.add(tf.mul(moments.first, step.beta1), tf.mul(g, 1 - step.beta1));
    const second = tf.add(tf.mul(moments.second, step.beta2), tf.mul(tf.square(g), 1 - step.beta2));
    const size = tf.add(tf.sqrt(tf.div(second, step.correction2)), step.epsilon);
    const update = tf.mul(tf.div(first, size), step.learningRate / step.correction1);
    param.assign(tf.sub(tf.mul(param, 1 - step.learningRate * step.weightDecay), update));
    moments.first.assign(first);
    moments.second.assign(second);
  });
}

/** The reference implementation on the running backend. */
export function composedOps(backend: BackendName): Ops {
  return {
    backend,
    inference: null,
    ...plainOps(gatherRows, backend !== "webgpu"),
    linear,
    linearGelu: (x, weight, bias) => gelu(linear(x, weight, bias)),
    addLayerNorm,
    linearAddLayerNorm: (x, weight, bias, residual, normWeight, normBias, epsilon) =>
      addLayerNorm(linear(x, weight, bias), residual, normWeight, normBias, epsilon),
    attention,
    embed,
    gatherRows,
    scatterRows,
    crossEntropy,
    norm,
    adamw,
  };
}
