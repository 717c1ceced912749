/**
 * The paired bootstrap: dev rows and seeds are drawn again with replacement, the same ones for both systems, so that what
 * makes a row or a seed easy for both cancels out. Draws are seeded: the same records give the same intervals.
 */
import seedrandom from "seedrandom";
import { parsePrediction } from "../../glue/predictions.ts";
import { type Task, taskById } from "../../glue/tasks.ts";
import type { PredictionRow } from "../../runs/records/record.ts";
import { mean } from "../statistics.ts";
import { weightedScorer } from "./weighted_scores.ts";

/** Draws unless told otherwise: the ends of a 95 % interval then rest on 25 of them. */
export const defaultDraws = 1000;

/** How often each of `count` rows was drawn, once per draw. Every system of a task is given the same. */
export function rowDraws(task: string, count: number, draws = defaultDraws): Uint16Array[] {
  const random = seedrandom(["bootstrap", "rows", task].join("/"));
  return Array.from({ length: draws }, () => {
    const times = new Uint16Array(count);
    for (let row = 0; row < count; row++) times[Math.floor(random() * count)]++;
    return times;
  });
}

/** The score (0-100) of `rows` in every draw. Throws `InputError` for a label that the task does not have. */
export function drawnScores(
  taskId: string,
  rows: readonly PredictionRow[],
  draws: readonly Uint16Array[],
): number[] {
  const task: Task = taskById(taskId);
  const values = (texts: string[]) => texts.map((text) => parsePrediction(task, text));
  const score = weightedScorer(
    task,
    values(rows.map(({ prediction }) => prediction)),
    values(rows.map(({ label }) => label)),
  );
  return draws.map(score);
}

/** What resampling says of a difference. */
export interface Difference {
  /** Of the means over seeds. */
  mean: number;
  /** Ends of the 95 % interval. */
  low: number;
  high: number;
}

/** `win` where the whole interval lies above 0, `loss` where it lies below, else `tie`. */
export type Verdict = "win" | "tie" | "loss";

/** See `Verdict`. */
export function verdictOf({ low, high }: Difference): Verdict {
  return low > 0 ? "win" : high < 0 ? "loss" : "tie";
}

/** A system's score on all rows, and in every draw of rows, per seed. */
export interface SeedScores {
  score: number;
  drawn: readonly number[];
}

/**
 * The difference of two systems, first less second, with its interval: `first[k]` and `second[k]` are of the same seed
 * and draws. Seeds are drawn again too (one seed stays alone: then the interval is of the rows only). `name` seeds the
 * draws. Throws `RangeError` for unequal or no seeds.
 */
export function pairedDifference(
  first: readonly SeedScores[],
  second: readonly SeedScores[],
  name: string,
): Difference {
  const seeds = first.length;
  if (seeds === 0 || second.length !== seeds) {
    throw new RangeError(`Found ${seeds} and ${second.length} seeds; expected the same number, at least 1.`);
  }
  const random = seedrandom(["bootstrap", "seeds", name].join("/"));
  const draws = first[0].drawn.map((_, draw) => {
    let sum = 0;
    for (let k = 0; k < seeds; k++) {
      const seed = Math.floor(random() * seeds);
      sum += first[seed].drawn[draw] - second[seed].drawn[draw];
    }
    return sum / seeds;
  }).sort((a, b) => a - b);
  return {
    mean: mean(first.map(({ score }, seed) => score - second[seed].score)),
    low: draws[Math.floor(0.025 * draws.length)],
    high: draws[Math.ceil(0.975 * draws.length) - 1],
  };
}
