/** Softmax over rows: p = exp(s - max(s)) / sum of the same. Its gradient is ds = p (dp - sum of dp p). */
import { exp } from "./exp";
import { dot, lanesMax, lanesSum, madd, put, take } from "./simd";

/** exp(x - top) in place; what is beyond the end counts as exp(-infinity) = 0. */
@inline
function expStep(x: usize, top: v128, left: i32): v128 {
  const e = exp(f32x4.sub(take(x, left, -Infinity), top));
  put(x, e, left);
  return e;
}

@inline
function scaleStep(x: usize, factor: v128, left: i32): void {
  put(x, f32x4.mul(take(x, left), factor), left);
}

/** `x` [width] becomes its softmax; `top` is its largest element. Returns the sum of exp(x - top). */
@inline
function normalise(width: i32, x: usize, top: f32): f32 {
  const tops = f32x4.splat(top), whole = <usize>(width & ~3) << 2, rest = width & 3;
  let total = f32x4.splat(0);
  for (let i: usize = 0; i < whole; i += 16) total = f32x4.add(total, expStep(x + i, tops, 4));
  if (rest > 0) total = f32x4.add(total, expStep(x + whole, tops, rest));
  const sum = lanesSum(total), factor = f32x4.splat(1 / sum);
  for (let i: usize = 0; i < whole; i += 16) scaleStep(x + i, factor, 4);
  if (rest > 0) scaleStep(x + whole, factor, rest);
  return sum;
}

@inline
function maskStep(scores: usize, mask: usize, scale: v128, left: i32): v128 {
  const closed = f32x4.mul(f32x4.sub(take(mask, left), f32x4.splat(1)), f32x4.splat(10000));
  const score = madd(take(scores, left, -Infinity), scale, closed);
  put(scores, score, left);
  return score;
}

/**
 * Attention's scores [batch, rows, width] become weights: the softmax of `scores * scale`, where keys with mask
 * [batch, width] 0 instead of 1 get -10000 added, BERT's way to give them weight 0.
 */
export function attentionWeights(
  batch: i32,
  rows: i32,
  width: i32,
  scores: usize,
  mask: usize,
  scale: f32,
): void {
  const bytes = <usize>width << 2, scales = f32x4.splat(scale), whole = bytes & ~15, rest = width & 3;
  for (let example = 0; example < batch; example++, mask += bytes) {
    for (let row = 0; row < rows; row++, scores += bytes) {
      let top = f32x4.splat(-Infinity);
      for (let i: usize = 0; i < whole; i += 16) top = f32x4.pmax(top, maskStep(scores + i, mask + i, scales, 4));
      if (rest > 0) top = f32x4.pmax(top, maskStep(scores + whole, mask + whole, scales, rest));
      normalise(width, scores, lanesMax(top));
    }
  }
}

@inline
function gradientStep(weights: usize, d: usize, along: v128, scale: v128, left: i32): void {
  const p = f32x4.mul(take(weights, left), scale);
  put(d, f32x4.mul(p, f32x4.sub(take(d, left), along)), left);
}

/** Of weights p [rows, width]: their gradients `d` become those of the scores before `scale`. */
export function attentionWeightsGradient(rows: i32, width: i32, weights: usize, d: usize, scale: f32): void {
  const bytes = <usize>width << 2, scales = f32x4.splat(scale), whole = bytes & ~15, rest = width & 3;
  for (let row = 0; row < rows; row++, weights += bytes, d += bytes) {
    const along = f32x4.splat(dot(width, d, weights));
    for (let i: usize = 0; i < whole; i += 16) gradientStep(weights + i, d + i, along, scales, 4);
    if (rest > 0) gradientStep(weights + whole, d + whole, along, scales, rest);
  }
}

/**
 * Logits [rows, width] become probabilities; each row's largest logit and its sum of exp(logit - largest) go to
 * `parts` [rows, 2].
 */
export function softmax(rows: i32, width: i32, logits: usize, parts: usize): void {
  const bytes = <usize>width << 2, whole = bytes & ~15, rest = width & 3;
  for (let row = 0; row < rows; row++, logits += bytes, parts += 8) {
    let top = f32x4.splat(-Infinity);
    for (let i: usize = 0; i < whole; i += 16) top = f32x4.pmax(top, v128.load(logits + i));
    if (rest > 0) top = f32x4.pmax(top, take(logits + whole, rest, -Infinity));
    const largest = lanesMax(top);
    store<f32>(parts, largest);
    store<f32>(parts, normalise(width, logits, largest), 4);
  }
}
