/**
 * AdamW (Loshchilov & Hutter 2019) on one parameter, in place, with g = gradient * scale:
 * m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, p = p kept - rate m / (sqrt(v inverse2) + epsilon),
 * where kept = 1 - learningRate weightDecay, rate = learningRate / correction1 and inverse2 = 1 / correction2.
 */
import { madd, put, take } from "./simd";

@inline
function adamwStep(
  p: usize,
  gradient: usize,
  m: usize,
  v: usize,
  scale: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  kept: f32,
  rate: f32,
  inverse2: f32,
  epsilon: f32,
  left: i32,
): void {
  const g = f32x4.mul(take(gradient, left), f32x4.splat(scale));
  const first = madd(g, f32x4.splat(rest1), f32x4.mul(take(m, left), f32x4.splat(beta1)));
  const squared = f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2));
  const second = madd(take(v, left), f32x4.splat(beta2), squared);
  put(m, first, left);
  put(v, second, left);
  const size = f32x4.add(f32x4.sqrt(f32x4.mul(second, f32x4.splat(inverse2))), f32x4.splat(epsilon));
  const update = f32x4.div(f32x4.mul(first, f32x4.splat(rate)), size);
  put(p, f32x4.sub(f32x4.mul(take(p, left), f32x4.splat(kept)), update), left);
}

export function adamw(
  count: i32,
  p: usize,
  gradient: usize,
  m: usize,
  v: usize,
  scale: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  kept: f32,
  rate: f32,
  inverse2: f32,
  epsilon: f32,
): void {
  for (; count >= 4; count -= 4, p += 16, gradient += 16, m += 16, v += 16) {
    adamwStep(p, gradient, m, v, scale, beta1, rest1, beta2, rest2, kept, rate, inverse2, epsilon, 4);
  }
  if (count > 0) {
    adamwStep(p, gradient, m, v, scale, beta1, rest1, beta2, rest2, kept, rate, inverse2, epsilon, count);
  }
}
