/**
 * GELU(x) = x Phi(x) without its slope, for inference, at a third of `gelu`'s price: Phi(x) = 1/2 + x P(x^2) / Q(x^2),
 * the rational function for erf that Eigen and TensorFlow use, with its scaling folded in, and 0 below -4 sqrt 2.
 * Off by at most 2e-7 max(1, |x|); `gelu` is precise in the tail too.
 */
import { madd, put, take } from "./simd";

/** Writes the constants to the 14 floats of `table`. */
export function writeGeluValueConstants(table: usize): void {
  store<f32>(table, 5.656854249); // 4 sqrt 2
  store<f32>(table, 1.0557466706e-10, 4);
  store<f32>(table, -2.1459904076e-8, 8);
  store<f32>(table, 3.2546342936e-6, 12);
  store<f32>(table, 1.7636187840e-4, 16);
  store<f32>(table, 4.5542092994e-3, 20);
  store<f32>(table, 3.6615066230e-2, 24);
  store<f32>(table, 3.9894226193e-1, 28);
  store<f32>(table, 6.3820269133e-5, 32);
  store<f32>(table, 1.8697682536e-3, 36);
  store<f32>(table, 2.9492774978e-2, 40);
  store<f32>(table, 2.5844597816e-1, 44);
  store<f32>(table, 1, 48);
  store<f32>(table, 0.5, 52);
}

@inline
function step(x: usize, table: usize, left: i32): void {
  const v = take(x, left), most = v128.load32_splat(table), least = f32x4.neg(most);
  // The second argument only where it is beyond: a NaN stays.
  const z = f32x4.pmin(f32x4.pmax(v, least), most), z2 = f32x4.mul(z, z);
  // In pairs instead of one by one: the shorter chain of dependent operations is what the time goes by.
  const z4 = f32x4.mul(z2, z2), one = v128.load32_splat(table, 48);
  const p65 = madd(v128.load32_splat(table, 4), z2, v128.load32_splat(table, 8));
  const p43 = madd(v128.load32_splat(table, 12), z2, v128.load32_splat(table, 16));
  const p21 = madd(v128.load32_splat(table, 20), z2, v128.load32_splat(table, 24));
  const q32 = madd(v128.load32_splat(table, 36), z2, v128.load32_splat(table, 40));
  const q10 = madd(v128.load32_splat(table, 44), z2, one);
  const q = madd(madd(v128.load32_splat(table, 32), z4, q32), z4, q10);
  const p = madd(madd(madd(p65, z4, p43), z4, p21), z2, v128.load32_splat(table, 28));
  const phi = f32x4.add(f32x4.div(f32x4.mul(z, p), q), v128.load32_splat(table, 52));
  put(x, f32x4.mul(v, v128.andnot(phi, f32x4.lt(v, least))), left);
}

/** Replaces `x` [count] by its GELU. `table`: the constants. */
export function geluValues(count: i32, x: usize, table: usize): void {
  for (; count >= 4; count -= 4, x += 16) step(x, table, 4);
  if (count > 0) step(x, table, count);
}
