/**
 * Seeded random streams. A stream is named by what it is for (`random(seed, "actions", step)`), so a resumed run
 * draws what the undisturbed one would have drawn and no generator state has to be saved.
 */
import seedrandom from "seedrandom";

/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** The stream of `seed` for one purpose; equal names give equal numbers on every machine. */
export function random(seed: number, ...purpose: (string | number)[]): Random {
  return seedrandom([seed, ...purpose].join("/"));
}

/** `count` uniforms in [0, 1). */
export function uniforms(rng: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => rng());
}

/** `count` draws of N(0, deviation) cut at two deviations and redrawn, as BERT's initialiser does. */
export function truncatedNormals(rng: Random, count: number, deviation: number): Float32Array {
  return Float32Array.from({ length: count }, () => {
    for (;;) {
      // Box-Muller; 1 - u keeps the logarithm finite.
      const z = Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
      if (Math.abs(z) <= 2) return z * deviation;
    }
  });
}
