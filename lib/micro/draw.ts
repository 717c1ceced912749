/** Seeded draws: integers out of uniform doubles, so that every machine draws the same. */
import seedrandom from "seedrandom";

/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** The stream of `seed` for one purpose; equal names give equal numbers on every machine. */
export function stream(seed: number | string, ...purpose: (string | number)[]): Random {
  return seedrandom([seed, "micro", ...purpose].join("/"));
}

/** A whole number from 0 to n - 1. */
export function below(n: number, random: Random): number {
  return Math.floor(random() * n);
}

/** A whole number from `from` to `to`, both included. */
export function between(from: number, to: number, random: Random): number {
  return from + below(to - from + 1, random);
}

/** One of `items`. */
export function pick<T>(items: readonly T[], random: Random): T {
  return items[below(items.length, random)];
}

/** True once in `n` times. */
export function oneIn(n: number, random: Random): boolean {
  return below(n, random) === 0;
}

/** `items` in a drawn order (Fisher-Yates, from the end). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = below(last + 1, random);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** `items` with at least one of them changed, each with even odds. */
export function someChanged<T>(items: readonly T[], change: (item: T, at: number) => T, random: Random): T[] {
  const sure = below(items.length, random);
  return items.map((item, at) => at === sure || oneIn(2, random) ? change(item, at) : item);
}

/** `count` different ones of `items`, in a drawn order. */
export function sample<T>(items: readonly T[], count: number, random: Random): T[] {
  return shuffled(items, random).slice(0, count);
}
