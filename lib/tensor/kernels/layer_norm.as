/**
 * LayerNorm over rows: n = (x - mean(x)) / sqrt(variance(x) + epsilon), y = n w + b. With g = dy w, its gradient is
 * dx = (g - mean(g) - n mean(g n)) / sqrt(variance + epsilon), dw = sum of dy n and db = sum of dy over the rows.
 */
import { dot, madd, put, sum, take } from "./simd";

@inline
function centreStep(x: usize, mean: v128, left: i32): void {
  put(x, f32x4.sub(take(x, left), mean), left);
}

@inline
function scaleStep(x: usize, scale: v128, weight: usize, bias: usize, y: usize, left: i32): void {
  const normal = f32x4.mul(take(x, left), scale);
  put(x, normal, left);
  put(y, madd(normal, take(weight, left), take(bias, left)), left);
}

/** `x` [rows, width] becomes n; writes y like x and 1 / sqrt(variance + epsilon) to `inverse` [rows]. */
export function layerNorm(
  rows: i32,
  width: i32,
  x: usize,
  weight: usize,
  bias: usize,
  epsilon: f32,
  y: usize,
  inverse: usize,
): void {
  const bytes = <usize>width << 2, whole = bytes & ~15, rest = width & 3;
  for (let row = 0; row < rows; row++, x += bytes, y += bytes, inverse += 4) {
    const mean = f32x4.splat(sum(width, x) / <f32>width);
    for (let i: usize = 0; i < whole; i += 16) centreStep(x + i, mean, 4);
    if (rest > 0) centreStep(x + whole, mean, rest);
    const scale: f32 = 1 / sqrt<f32>(dot(width, x, x) / <f32>width + epsilon);
    store<f32>(inverse, scale);
    const scales = f32x4.splat(scale);
    for (let i: usize = 0; i < whole; i += 16) scaleStep(x + i, scales, weight + i, bias + i, y + i, 4);
    if (rest > 0) scaleStep(x + whole, scales, weight + whole, bias + whole, y + whole, rest);
  }
}

@inline
function weightStep(
  dy: usize,
  normal: usize,
  weight: usize,
  g: usize,
  dWeight: usize,
  dBias: usize,
  left: i32,
): void {
  const d = take(dy, left);
  put(dWeight, madd(d, take(normal, left), take(dWeight, left)), left);
  put(dBias, f32x4.add(d, take(dBias, left)), left);
  put(g, f32x4.mul(d, take(weight, left)), left);
}

@inline
function inputStep(dx: usize, normal: usize, mean: v128, along: v128, scale: v128, left: i32): void {
  const flat = madd(take(normal, left), along, f32x4.sub(take(dx, left), mean));
  put(dx, f32x4.mul(flat, scale), left);
}

/** Writes dx [rows, width] and the sums dw and db [width]. */
export function layerNormGradient(
  rows: i32,
  width: i32,
  dy: usize,
  normal: usize,
  inverse: usize,
  weight: usize,
  dx: usize,
  dWeight: usize,
  dBias: usize,
): void {
  const bytes = <usize>width << 2, whole = bytes & ~15, rest = width & 3;
  memory.fill(dWeight, 0, bytes);
  memory.fill(dBias, 0, bytes);
  for (let row = 0; row < rows; row++, dy += bytes, normal += bytes, dx += bytes, inverse += 4) {
    for (let i: usize = 0; i < whole; i += 16) {
      weightStep(dy + i, normal + i, weight + i, dx + i, dWeight + i, dBias + i, 4);
    }
    if (rest > 0) {
      weightStep(dy + whole, normal + whole, weight + whole, dx + whole, dWeight + whole, dBias + whole, rest);
    }
    const mean = f32x4.splat(sum(width, dx) / <f32>width);
    const along = f32x4.splat(-dot(width, dx, normal) / <f32>width);
    const scale = v128.load32_splat(inverse);
    for (let i: usize = 0; i < whole; i += 16) inputStep(dx + i, normal + i, mean, along, scale, 4);
    if (rest > 0) inputStep(dx + whole, normal + whole, mean, along, scale, rest);
  }
}
