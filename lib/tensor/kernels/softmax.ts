/** Softmax over rows: p = exp(s - max(s)) / sum of the same. Its gradient is ds = p (dp - sum of dp p). */
import { exp } from "./exp";
import { dot, put, sum, take } from "./simd";

/** The largest of `width` floats; a NaN among them may go unseen, but makes the sum of exponentials one. */
function largest(width: i32, x: usize): f32 {
  let top = f32x4.splat(-Infinity);
  for (; width >= 4; width -= 4, x += 16) top = f32x4.pmax(top, v128.load(x));
  if (width > 0) top = f32x4.pmax(top, take(x, width, -Infinity));
  const pairs = f32x4.pmax(top, v128.shuffle<f32>(top, top, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

@inline
function expStep(x: usize, top: v128, table: usize, left: i32): void {
  put(x, exp(f32x4.sub(take(x, left), top), table), left);
}

@inline
function scaleStep(x: usize, factor: v128, left: i32): void {
  put(x, f32x4.mul(take(x, left), factor), left);
}

/** `x` [width] becomes its softmax; `top` is its largest element. Returns the sum of exp(x - top). */
@inline
function normalise(width: i32, x: usize, top: f32, table: usize): f32 {
  const tops = f32x4.splat(top), whole = <usize>(width & ~3) << 2, rest = width & 3;
  for (let i: usize = 0; i < whole; i += 16) expStep(x + i, tops, table, 4);
  if (rest > 0) expStep(x + whole, tops, table, rest);
  const total = sum(width, x), factor = f32x4.splat(1 / total);
  for (let i: usize = 0; i < whole; i += 16) scaleStep(x + i, factor, 4);
  if (rest > 0) scaleStep(x + whole, factor, rest);
  return total;
}

@inline
function maskStep(scores: usize, mask: usize, scale: v128, left: i32): void {
  const closed = f32x4.mul(f32x4.sub(take(mask, left), f32x4.splat(1)), f32x4.splat(10000));
  put(scores, f32x4.add(f32x4.mul(take(scores, left), scale), closed), left);
}

/**
 * Attention's scores [batch, rows, width] become weights: the softmax of `scores * scale`, where keys with mask
 * [batch, width] 0 instead of 1 get -10000 added, BERT's way to give them weight 0. `table`: the constants of `exp`.
 */
export function attentionWeights(
  batch: i32,
  rows: i32,
  width: i32,
  scores: usize,
  mask: usize,
  scale: f32,
  table: usize,
): void {
  const bytes = <usize>width << 2, scales = f32x4.splat(scale), whole = bytes & ~15, rest = width & 3;
  for (let example = 0; example < batch; example++, mask += bytes) {
    for (let row = 0; row < rows; row++, scores += bytes) {
      for (let i: usize = 0; i < whole; i += 16) maskStep(scores + i, mask + i, scales, 4);
      if (rest > 0) maskStep(scores + whole, mask + whole, scales, rest);
      normalise(width, scores, largest(width, scores), table);
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
export function softmax(rows: i32, width: i32, logits: usize, parts: usize, table: usize): void {
  const bytes = <usize>width << 2;
  for (let row = 0; row < rows; row++, logits += bytes, parts += 8) {
    const top = largest(width, logits);
    store<f32>(parts, top);
    store<f32>(parts, normalise(width, logits, top, table), 4);
  }
}
