/**
 * exp(x) = 2^n exp(r) with x = n ln 2 + r and |r| <= ln 2 / 2: a polynomial for exp(r) (Cephes expf), and 2^n made of
 * its exponent's bits.
 */
import { madd } from "./simd";

/**
 * Writes the constants of `exp` to the first 12 floats of `table`. They are read from memory because V8 makes a vector
 * constant anew at every use, at twice the price.
 */
export function writeExpConstants(table: usize): void {
  store<f32>(table, -86.6); // near the end of normal numbers
  store<f32>(table, 12582912, 4); // 1.5 * 2^23: adding it rounds to an integer and leaves that in the low bits
  store<f32>(table, 1.44269504, 8); // 1 / ln 2
  store<f32>(table, -0.693359375, 12); // -ln 2 in two parts, so that n ln 2 is subtracted exactly
  store<f32>(table, 2.12194440e-4, 16);
  store<f32>(table, 1.9875691500e-4, 20);
  store<f32>(table, 1.3981999507e-3, 24);
  store<f32>(table, 8.3334519073e-3, 28);
  store<f32>(table, 4.1665795894e-2, 32);
  store<f32>(table, 1.6666665459e-1, 36);
  store<f32>(table, 5.0000001201e-1, 40);
  store<f32>(table, 1, 44);
}

/** exp(x) for x <= 0 or NaN, relative error below 2e-7; 0 for x < -86.6. */
@inline
export function exp(x: v128, table: usize): v128 {
  const least = v128.load32_splat(table), rounding = v128.load32_splat(table, 4);
  // The second argument only where it is greater: a NaN stays.
  const kept = f32x4.pmax(x, least);
  const bits = madd(kept, v128.load32_splat(table, 8), rounding);
  const n = f32x4.sub(bits, rounding);
  const r = madd(n, v128.load32_splat(table, 16), madd(n, v128.load32_splat(table, 12), kept));
  // In pairs instead of one by one: the shorter chain of dependent operations is what the time goes by.
  const r2 = f32x4.mul(r, r), one = v128.load32_splat(table, 44);
  const high = madd(v128.load32_splat(table, 20), r, v128.load32_splat(table, 24));
  const middle = madd(v128.load32_splat(table, 28), r, v128.load32_splat(table, 32));
  const low = madd(v128.load32_splat(table, 36), r, v128.load32_splat(table, 40));
  const p = madd(madd(madd(high, r2, middle), r2, low), r2, f32x4.add(r, one));
  const power = i32x4.add(i32x4.shl(bits, 23), one); // 1's bits are the exponent 0
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, least));
}
