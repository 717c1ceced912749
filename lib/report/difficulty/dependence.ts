/** How far one number of a row goes with another: rank correlations, plain and with a third number held constant. */
import { spearman } from "../../glue/metrics.ts";

/**
 * Spearman's correlation of `x` and `y` with `z` held constant: of ranks, what is left of r_xy when both are freed from
 * what `z` explains of them, (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)). 0 where `z` explains one of them
 * wholly. Throws as `spearman`.
 */
export function partialSpearman(x: readonly number[], y: readonly number[], z: readonly number[]): number {
  const [xy, xz, yz] = [spearman(x, y), spearman(x, z), spearman(y, z)];
  const left = Math.sqrt((1 - xz ** 2) * (1 - yz ** 2));
  return left > 1e-6 ? (xy - xz * yz) / left : 0;
}
