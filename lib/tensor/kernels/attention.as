/**
 * Masked self-attention, head by head, so that a head's scores stay in the first cache from product to product.
 *
 * Scores lie as [keys, queries]: a query's softmax runs down a column, four queries at a time without a sum across
 * lanes, and the products around it find their rows in strips (`gemm`).
 */
import { exp, one } from "./exp";
import { gemm } from "./gemm";
import { copyRows } from "./rows";
import { madd, put, take } from "./simd";

let closed: v128;

/** Sets what a padded key's scores get added: BERT's way to weight 0. */
export function setAttentionConstants(): void {
  closed = f32x4.splat(-10000);
}

/** The softmax of `left` (up to four) columns of `scores` [length, length]. */
@inline
function weightColumns(length: i32, scores: usize, mask: usize, scale: v128, left: i32): void {
  const bytes = <usize>length << 2, end = scores + <usize>length * bytes;
  let top = f32x4.splat(-Infinity), total = f32x4.splat(0);
  for (let at = scores; at < end; at += bytes, mask += 4) {
    const padding = f32x4.mul(f32x4.sub(one, v128.load32_splat(mask)), closed);
    const score = madd(take(at, left), scale, padding);
    top = f32x4.pmax(top, score);
    put(at, score, left);
  }
  for (let at = scores; at < end; at += bytes) {
    const e = exp(f32x4.sub(take(at, left), top));
    total = f32x4.add(total, e);
    put(at, e, left);
  }
  const factor = f32x4.div(one, total);
  for (let at = scores; at < end; at += bytes) put(at, f32x4.mul(take(at, left), factor), left);
}

/**
 * A head's scores [length, length] become weights: over the keys, the softmax of `scores * scale`, where padded keys,
 * with 0 in mask [length], get weight 0.
 */
export function attentionWeights(length: i32, scores: usize, mask: usize, scale: f32): void {
  const whole = <usize>(length & ~3) << 2, scales = f32x4.splat(scale);
  for (let i: usize = 0; i < whole; i += 16) weightColumns(length, scores + i, mask, scales, 4);
  if (length & 3) weightColumns(length, scores + whole, mask, scales, length & 3);
}

/** Of weights p, `left` columns of dp become those of ds = p (dp - sum of dp p) scale. */
@inline
function gradientColumns(length: i32, weights: usize, d: usize, scale: v128, left: i32): void {
  const bytes = <usize>length << 2, end = weights + <usize>length * bytes, toGradient = d - weights;
  let along = f32x4.splat(0);
  for (let at = weights; at < end; at += bytes) {
    along = madd(take(at, left), take(at + toGradient, left), along);
  }
  for (let at = weights; at < end; at += bytes) {
    const p = f32x4.mul(take(at, left), scale);
    put(at + toGradient, f32x4.mul(p, f32x4.sub(take(at + toGradient, left), along)), left);
  }
}

/** The gradient `d` of a head's weights [length, length] becomes that of its scores before `scale`. */
export function attentionWeightsGradient(length: i32, weights: usize, d: usize, scale: f32): void {
  const whole = <usize>(length & ~3) << 2, scales = f32x4.splat(scale);
  for (let i: usize = 0; i < whole; i += 16) gradientColumns(length, weights + i, d + i, scales, 4);
  if (length & 3) gradientColumns(length, weights + whole, d + whole, scales, length & 3);
}

/**
 * qkv [batch, length, 3 heads size] and mask [batch, length] give weights [batch, heads, length, length] and value
 * [batch, length, heads size]. `scratch`: as `gemm`'s.
 */
export function attention(
  batch: i32,
  length: i32,
  heads: i32,
  size: i32,
  qkv: usize,
  mask: usize,
  scale: f32,
  weights: usize,
  value: usize,
  scratch: usize,
): void {
  const across = <usize>length << 2, width = <usize>(heads * size) << 2, row = 3 * width;
  for (; batch > 0; batch--, qkv += <usize>length * row, value += <usize>length * width, mask += across) {
    for (let q = qkv, out = value; q < qkv + width; q += <usize>size << 2, out += <usize>size << 2) {
      const k = q + width, v = k + width;
      gemm(length, length, size, k, row, 4, q, 4, row, weights, across, false, scratch);
      attentionWeights(length, weights, mask, scale);
      gemm(length, size, length, weights, 4, across, v, row, 4, out, width, false, scratch);
      weights += <usize>length * across;
    }
  }
}

/**
 * qkv becomes its gradient, given the value's. `spare`: room for a head's scores [length, length] and its keys
 * [length, size].
 */
export function attentionGradient(
  batch: i32,
  length: i32,
  heads: i32,
  size: i32,
  qkv: usize,
  scale: f32,
  weights: usize,
  dValue: usize,
  spare: usize,
  scratch: usize,
): void {
  const across = <usize>length << 2, bytes = <usize>size << 2, width = <usize>heads * bytes, row = 3 * width;
  const d = spare, dk = spare + <usize>length * across;
  for (; batch > 0; batch--, qkv += <usize>length * row, dValue += <usize>length * width) {
    for (let q = qkv, dOut = dValue; q < qkv + width; q += bytes, dOut += bytes) {
      const k = q + width, v = k + width;
      gemm(length, length, size, v, row, 4, dOut, 4, width, d, across, false, scratch);
      gemm(length, size, length, weights, across, 4, dOut, width, 4, v, row, false, scratch);
      attentionWeightsGradient(length, weights, d, scale);
      gemm(length, size, length, d, across, 4, q, row, 4, dk, bytes, false, scratch);
      gemm(length, size, length, d, 4, across, k, row, 4, q, row, false, scratch);
      copyRows(length, size, dk, bytes, k, row);
      weights += <usize>length * across;
    }
  }
}
