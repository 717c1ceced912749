/** Softmax over rows: p = exp(s - max(s)) / sum of the same. */
import { exp } from "./exp";
import { lanesMax, lanesSum, put, take } from "./simd";

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
