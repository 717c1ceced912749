/**
 * exp(x) = 2^n exp(r) with x = n ln 2 + r and |r| <= ln 2 / 2: a polynomial for exp(r) (Cephes expf), and 2^n made of
 * its exponent's bits.
 */
import { madd } from "./simd";

let least: v128, rounding: v128, perLn2: v128, ln2High: v128, ln2Low: v128;
let e2: v128, e3: v128, e4: v128, e5: v128, e6: v128, e7: v128;
export let one: v128;

/**
 * Sets the constants. They are variables because V8 makes a vector constant anew at every use and checks the bounds of
 * every load from memory; a global is read in one step.
 */
export function setExpConstants(): void {
  least = f32x4.splat(-86.6); // near the end of normal numbers
  rounding = f32x4.splat(12582912); // 1.5 * 2^23: adding it rounds to an integer and leaves that in the low bits
  perLn2 = f32x4.splat(1.44269504); // 1 / ln 2
  ln2High = f32x4.splat(-0.693359375); // -ln 2 in two parts, so that n ln 2 is subtracted exactly
  ln2Low = f32x4.splat(2.12194440e-4);
  e7 = f32x4.splat(1.9875691500e-4);
  e6 = f32x4.splat(1.3981999507e-3);
  e5 = f32x4.splat(8.3334519073e-3);
  e4 = f32x4.splat(4.1665795894e-2);
  e3 = f32x4.splat(1.6666665459e-1);
  e2 = f32x4.splat(5.0000001201e-1);
  one = f32x4.splat(1);
}

/** exp(x) for x <= 0 or NaN, relative error below 2e-7; 0 for x < -86.6. */
@inline
export function exp(x: v128): v128 {
  // The second argument only where it is greater: a NaN stays.
  const kept = f32x4.pmax(x, least);
  const bits = madd(kept, perLn2, rounding);
  const n = f32x4.sub(bits, rounding);
  const r = madd(n, ln2Low, madd(n, ln2High, kept));
  // In pairs instead of one by one: the shorter chain of dependent operations is what the time goes by.
  const r2 = f32x4.mul(r, r);
  const high = madd(e7, r, e6), middle = madd(e5, r, e4), low = madd(e3, r, e2);
  const p = madd(madd(madd(high, r2, middle), r2, low), r2, f32x4.add(r, one));
  const power = i32x4.add(i32x4.shl(bits, 23), one); // 1's bits are the exponent 0
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, least));
}
