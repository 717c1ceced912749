/** Gradients of a loss beside its slopes, for tests: how it changes when a parameter moves a little along a direction. */
import {
  type Leaf,
  random,
  read,
  readValues,
  setValues,
  type Tensor,
  tidy,
  uniforms,
  valueAndGradients,
} from "../tensor/mod.ts";

/** A step in float32: small enough for a slope, large enough to be seen. */
const step = 1e-2;

/**
 * The slope of `loss` along a random direction of each leaf by central differences, beside what its gradient says.
 * Slopes of float32 values of about 1 are right to about 1e-4.
 */
export async function slopes(loss: () => Tensor, leaves: Leaf[]) {
  const { gradients } = valueAndGradients(loss, leaves.map(({ param }) => param));
  const valueNow = async () => {
    const value = tidy(loss), [number] = await read(value);
    value.dispose();
    return number;
  };
  const found: { path: string; slope: number; gradient: number }[] = [];
  for (const [i, { path, param }] of leaves.entries()) {
    const values = (await readValues(param)).slice();
    const direction = uniforms(random(i, "direction"), values.length).map((x) => x - 0.5);
    const side = async (delta: number) => {
      setValues(param, values.map((x, at) => x + delta * direction[at]));
      return await valueNow();
    };
    const slope = (await side(step) - await side(-step)) / (2 * step);
    setValues(param, values);
    const gradient = gradients[i] ? await read(gradients[i]) : new Float32Array(values.length);
    found.push({ path, slope, gradient: direction.reduce((sum, d, at) => sum + d * gradient[at], 0) });
    gradients[i]?.dispose();
  }
  return found;
}
