/** Sums and products of flat arrays, rows added to matrices, and sums over columns. */
import { put, take } from "./simd";

@inline
function addStep(a: usize, b: usize, out: usize, left: i32): void {
  put(out, f32x4.add(take(a, left), take(b, left)), left);
}

/** out = a + b. */
export function add(count: i32, a: usize, b: usize, out: usize): void {
  for (; count >= 4; count -= 4, a += 16, b += 16, out += 16) addStep(a, b, out, 4);
  if (count > 0) addStep(a, b, out, count);
}

@inline
function multiplyStep(a: usize, b: usize, out: usize, left: i32): void {
  put(out, f32x4.mul(take(a, left), take(b, left)), left);
}

/** out = a b. */
export function multiply(count: i32, a: usize, b: usize, out: usize): void {
  for (; count >= 4; count -= 4, a += 16, b += 16, out += 16) multiplyStep(a, b, out, 4);
  if (count > 0) multiplyStep(a, b, out, count);
}

/** Every row of `out` [rows, width] becomes `row`; each copy doubles what is there, so that there are few. */
export function repeatRow(rows: i32, width: i32, row: usize, out: usize): void {
  if (rows == 0) return;
  const bytes = <usize>width << 2;
  memory.copy(out, row, bytes);
  for (let done = 1; done < rows; done <<= 1) {
    memory.copy(out + <usize>done * bytes, out, <usize>min(done, rows - done) * bytes);
  }
}

/** out = x + row, [rows, width]. */
export function addRow(rows: i32, width: i32, x: usize, row: usize, out: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < rows; i++, x += bytes, out += bytes) add(width, x, row, out);
}

/** out [width] = the sum of the rows of x [rows, width], first row first. */
export function columnSums(rows: i32, width: i32, x: usize, out: usize): void {
  const bytes = <usize>width << 2;
  let left = width;
  for (; left >= 16; left -= 16, x += 64, out += 64) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (let row = 0, at = x; row < rows; row++, at += bytes) {
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
  for (; left > 0; left -= 4, x += 16, out += 16) {
    let total = f32x4.splat(0);
    for (let row = 0, at = x; row < rows; row++, at += bytes) total = f32x4.add(total, take(at, left));
    put(out, total, left);
  }
}

@inline
function squares(v: v128): v128 {
  const low = f64x2.promote_low_f32x4(v);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high));
}

/** The sum of squares, added up in double precision. */
export function sumOfSquares(count: i32, x: usize): f64 {
  let total = f64x2.splat(0);
  for (; count >= 4; count -= 4, x += 16) total = f64x2.add(total, squares(v128.load(x)));
  if (count > 0) total = f64x2.add(total, squares(take(x, count)));
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}
