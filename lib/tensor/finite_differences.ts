/** Central finite differences in float64, for tests of gradients. */

/** A function of several flat arrays to one number. */
export type NumberOf = (inputs: number[][]) => number;

/** The gradient of `f` at `inputs`, one array per input: `(f(x + h) - f(x - h)) / 2h`, element by element. */
export function finiteDifferences(f: NumberOf, inputs: number[][], h = 1e-5): number[][] {
  const moved = inputs.map((values) => [...values]);
  return inputs.map((values, input) =>
    values.map((value, at) => {
      const side = (delta: number) => {
        moved[input][at] = value + delta;
        return f(moved);
      };
      const slope = (side(h) - side(-h)) / (2 * h);
      moved[input][at] = value;
      return slope;
    })
  );
}

/** The largest `|found - expected| / max(1, |expected|)`; NaN where either is not a number or lengths differ. */
export function largestError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return NaN;
  return Array.from(found).reduce(
    (worst, x, i) => Math.max(worst, Math.abs(x - expected[i]) / Math.max(1, Math.abs(expected[i]))),
    0,
  );
}
