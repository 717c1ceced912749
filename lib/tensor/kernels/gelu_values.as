/**
 * GELU(x) = x Phi(x) without its slope, for inference, at a third of `gelu`'s price: Phi(x) = 1/2 + x P(x^2) / Q(x^2),
 * the rational function for erf that Eigen and TensorFlow use, with its scaling folded in, and 0 below -4 sqrt 2.
 * Off by at most 2e-7 max(1, |x|); `gelu` is precise in the tail too.
 */
import { one } from "./exp";
import { madd, put, take } from "./simd";

let most: v128, half: v128;
let p0: v128, p1: v128, p2: v128, p3: v128, p4: v128, p5: v128, p6: v128;
let q1: v128, q2: v128, q3: v128, q4: v128;

/** Sets the coefficients of P and Q and what goes with them. */
export function setGeluValueConstants(): void {
  most = f32x4.splat(5.656854249); // 4 sqrt 2
  p6 = f32x4.splat(1.0557466706e-10);
  p5 = f32x4.splat(-2.1459904076e-8);
  p4 = f32x4.splat(3.2546342936e-6);
  p3 = f32x4.splat(1.7636187840e-4);
  p2 = f32x4.splat(4.5542092994e-3);
  p1 = f32x4.splat(3.6615066230e-2);
  p0 = f32x4.splat(3.9894226193e-1);
  q4 = f32x4.splat(6.3820269133e-5);
  q3 = f32x4.splat(1.8697682536e-3);
  q2 = f32x4.splat(2.9492774978e-2);
  q1 = f32x4.splat(2.5844597816e-1);
  half = f32x4.splat(0.5);
}

@inline
function step(x: usize, left: i32): void {
  const v = take(x, left), least = f32x4.neg(most);
  // The second argument only where it is beyond: a NaN stays.
  const z = f32x4.pmin(f32x4.pmax(v, least), most), z2 = f32x4.mul(z, z);
  // In pairs instead of one by one: the shorter chain of dependent operations is what the time goes by.
  const z4 = f32x4.mul(z2, z2);
  const p65 = madd(p6, z2, p5), p43 = madd(p4, z2, p3), p21 = madd(p2, z2, p1);
  const q32 = madd(q3, z2, q2), q10 = madd(q1, z2, one);
  const q = madd(madd(q4, z4, q32), z4, q10);
  const p = madd(madd(madd(p65, z4, p43), z4, p21), z2, p0);
  const phi = f32x4.add(f32x4.div(f32x4.mul(z, p), q), half);
  put(x, f32x4.mul(v, v128.andnot(phi, f32x4.lt(v, least))), left);
}

/** Replaces `x` [count] by its GELU. */
export function geluValues(count: i32, x: usize): void {
  for (; count >= 4; count -= 4, x += 16) step(x, 4);
  if (count > 0) step(x, count);
}
