/** LayerNorm over rows, in place and without what its gradient needs, for inference; formula in `layer_norm.as`. */
import { lanesSum, madd, put, sum, take } from "./simd";

/** The sum of (x - mean)^2. */
@inline
function squaresAbout(mean: v128, width: i32, x: usize): f32 {
  let a = f32x4.splat(0), b = a;
  for (; width >= 8; width -= 8, x += 32) {
    const low = f32x4.sub(v128.load(x), mean), high = f32x4.sub(v128.load(x, 16), mean);
    a = madd(low, low, a);
    b = madd(high, high, b);
  }
  let total = lanesSum(f32x4.add(a, b));
  const centre = f32x4.extract_lane(mean, 0);
  for (; width > 0; width--, x += 4) total += (load<f32>(x) - centre) * (load<f32>(x) - centre);
  return total;
}

@inline
function step(x: usize, mean: v128, scale: v128, weight: usize, bias: usize, left: i32): void {
  const normal = f32x4.mul(f32x4.sub(take(x, left), mean), scale);
  put(x, madd(normal, take(weight, left), take(bias, left)), left);
}

/** Every row of x [rows, width] becomes its LayerNorm with weight and bias [width]. */
export function normValues(rows: i32, width: i32, x: usize, weight: usize, bias: usize, epsilon: f32): void {
  const bytes = <usize>width << 2, whole = bytes & ~15, rest = width & 3;
  for (let row = 0; row < rows; row++, x += bytes) {
    const mean = f32x4.splat(sum(width, x) / <f32>width);
    const scale = f32x4.splat(1 / sqrt<f32>(squaresAbout(mean, width, x) / <f32>width + epsilon));
    for (let i: usize = 0; i < whole; i += 16) step(x + i, mean, scale, weight + i, bias + i, 4);
    if (rest > 0) step(x + whole, mean, scale, weight + whole, bias + whole, rest);
  }
}
