/** Means and intervals over seeds. Pure numbers; n is the number of runs. */
import { mean } from "../mean.ts";

export { mean };

/** Sample standard deviation (n - 1); NaN below two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

// Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom.
// deno-fmt-ignore
const tQuantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
  2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * Two-sided 95 % quantile of Student's t: tabled to 30 degrees of freedom, beyond that 1.96 + 2.4 / df (within 0.003 of
 * the true value). NaN below one.
 */
export function tQuantile(degreesOfFreedom: number): number {
  if (degreesOfFreedom < 1) return NaN;
  return tQuantiles[degreesOfFreedom - 1] ?? 1.96 + 2.4 / degreesOfFreedom;
}

/** Half the width of the 95 % t-interval of the mean; NaN below two values. */
export function halfWidth95(values: readonly number[]): number {
  return tQuantile(values.length - 1) * standardDeviation(values) / Math.sqrt(values.length);
}

/** Mean, half-width of its 95 % interval, smallest and largest of `values`. */
export interface Summary {
  n: number;
  mean: number;
  /** NaN below two values. */
  halfWidth: number;
  smallest: number;
  largest: number;
}

/** See `Summary`. */
export function summarise(values: readonly number[]): Summary {
  return {
    n: values.length,
    mean: mean(values),
    halfWidth: halfWidth95(values),
    smallest: Math.min(...values),
    largest: Math.max(...values),
  };
}

/**
 * How far the mean of `m` further runs may lie from the mean of `values` with 95 % confidence, both drawn alike:
 * t s sqrt(1/n + 1/m). NaN below two values.
 */
export function predictionHalfWidth95(values: readonly number[], m: number): number {
  return tQuantile(values.length - 1) * standardDeviation(values) * Math.sqrt(1 / values.length + 1 / m);
}
