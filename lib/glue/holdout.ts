/** Holds out a tenth of train, so that checkpoints and thresholds are never chosen on dev (design, decision 9). */
import seedrandom from "seedrandom";
import { InputError } from "../errors.ts";
import { shuffledOrder } from "./shuffle.ts";

/** The two parts of a training set, each in the order of the file. */
export interface HoldOut<T> {
  train: T[];
  heldOut: T[];
}

/**
 * Holds out every tenth example of a permutation seeded by `${seed}/holdout`: round(n / 10) of them, at least one.
 * The same seed and number of examples give the same rows. Throws `InputError` for fewer than two examples.
 */
export function holdOut<T>(examples: readonly T[], seed: number | string): HoldOut<T> {
  const n = examples.length;
  if (n < 2) throw new InputError(`Found ${n} training example(s); expected at least 2 to hold one out.`);
  const count = Math.max(1, Math.round(n / 10));
  const order = shuffledOrder(n, seedrandom(`${seed}/holdout`));
  const held = new Set(Array.from({ length: count }, (_, k) => order[10 * k]));
  return {
    train: examples.filter((_, row) => !held.has(row)),
    heldOut: examples.filter((_, row) => held.has(row)),
  };
}
