/**
 * What every kernel is made of. Addresses are bytes in tfjs's heap; four floats (16 bytes) are handled at a time.
 *
 * A loop's body is an inlined function of how many floats are left: 4 inside the loop, where the choice costs nothing,
 * and once more for the rest.
 */

/** `a b + c`; rounded once in the relaxed build, twice in the plain one. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The next four floats at `at`; where only `left` remain, those and then `fill`. Reads nothing beyond them. */
@inline
export function take(at: usize, left: i32, fill: f32 = 0): v128 {
  return left >= 4 ? v128.load(at) : takeFew(at, left, fill);
}

function takeFew(at: usize, left: i32, fill: f32): v128 {
  let x = v128.load_lane<f32>(at, f32x4.splat(fill), 0);
  if (left > 1) x = v128.load_lane<f32>(at, x, 1, 4);
  if (left > 2) x = v128.load_lane<f32>(at, x, 2, 8);
  return x;
}

/** Stores four floats, or the first `left` of them where no more remain. */
@inline
export function put(at: usize, x: v128, left: i32): void {
  if (left >= 4) v128.store(at, x);
  else putFew(at, x, left);
}

function putFew(at: usize, x: v128, left: i32): void {
  v128.store_lane<f32>(at, x, 0);
  if (left > 1) v128.store_lane<f32>(at, x, 1, 4);
  if (left > 2) v128.store_lane<f32>(at, x, 2, 8);
}

/** The sum of four lanes. */
@inline
export function lanesSum(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/**
 * The largest of four lanes. A NaN among the numbers that `pmax` and this compare may go unseen; where it matters
 * (softmax), the sum that follows becomes NaN.
 */
@inline
export function lanesMax(x: v128): f32 {
  const pairs = f32x4.pmax(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** The sum of `width` floats. */
export function sum(width: i32, x: usize): f32 {
  let a = f32x4.splat(0), b = a;
  for (; width >= 8; width -= 8, x += 32) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
  }
  if (width >= 4) {
    a = f32x4.add(a, v128.load(x));
    width -= 4;
    x += 16;
  }
  if (width > 0) b = f32x4.add(b, takeFew(x, width, 0));
  return lanesSum(f32x4.add(a, b));
}

/** The sum of products of two arrays of `width` floats. */
export function dot(width: i32, x: usize, y: usize): f32 {
  let a = f32x4.splat(0), b = a;
  for (; width >= 8; width -= 8, x += 32, y += 32) {
    a = madd(v128.load(x), v128.load(y), a);
    b = madd(v128.load(x, 16), v128.load(y, 16), b);
  }
  if (width >= 4) {
    a = madd(v128.load(x), v128.load(y), a);
    width -= 4;
    x += 16;
    y += 16;
  }
  if (width > 0) b = madd(takeFew(x, width, 0), takeFew(y, width, 0), b);
  return lanesSum(f32x4.add(a, b));
}
