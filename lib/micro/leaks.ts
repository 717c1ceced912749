/**
 * What a model that cannot combine words finds out. Linear models on words, on pairs of neighbouring words and
 * on layout alone must stay near chance on the examples that are to need depth: where one does not, the grammar
 * has a leak.
 */
import { pearson } from "../glue/metrics.ts";
import { shuffled, stream } from "./draw.ts";
import type { MicroExample } from "./grammar.ts";
import { mean } from "../mean.ts";

/** What a model may see. */
export type View = "words" | "neighbours" | "layout";

/** Every view. */
export const views: readonly View[] = ["words", "neighbours", "layout"];

/** The names of what is there to see in an example, each once. */
export function seen({ a, b }: Pick<MicroExample, "a" | "b">, view: View): string[] {
  const first = a.split(" "), second = b === null ? [] : b.split(" ");
  if (view === "layout") return layout(first, second);
  const words = [...first.map((word) => `a ${word}`), ...second.map((word) => `b ${word}`)];
  const shared = [...new Set(first)].filter((word) => second.includes(word));
  const names = [...words, ...shared.map((word) => `both ${word}`), `shared ${shared.length}`];
  const neighbours = (words: string[], side: string) =>
    words.slice(1).map((word, at) => `${side} ${words[at]} ${word}`);
  if (view === "neighbours") names.push(...neighbours(first, "a"), ...neighbours(second, "b"));
  return [...new Set(names)];
}

/** Lengths, where sentences end, and where in the first text the words of the second stand; no word. */
function layout(first: string[], second: string[]): string[] {
  const ends = (words: string[], side: string) =>
    words.flatMap((word, at) => /^[.,?]$/.test(word) ? [`${side} ${word} at ${at}`] : []);
  const places = second.flatMap((word, at) => {
    if (/^[.,?]$/.test(word)) return [];
    return first.flatMap((other, there) => other === word ? [`${at} at ${there}`] : []);
  });
  const lengths = [`a ${first.length}`, `b ${second.length}`, `sum ${first.length + second.length}`];
  return [...lengths, ...ends(first, "a"), ...ends(second, "b"), ...places];
}

/** How a probe is trained; the defaults found what was planted in every grammar while they were written. */
export interface ProbeOptions {
  seed: number;
  epochs?: number;
  /** Pull towards zero per step, relative to the step. */
  decay?: number;
}

/**
 * Trains a linear model on what `view` shows of `train` and scores it on `dev`: percent correct, or Pearson's
 * correlation where `labels` is null (labels are numbers then).
 */
export function probe(
  train: readonly MicroExample[],
  dev: readonly MicroExample[],
  labels: readonly string[] | null,
  view: View,
  { seed, epochs = 8, decay = 1e-3 }: ProbeOptions,
): number {
  const ids = new Map<string, number>();
  const inputs = train.map((example) =>
    seen(example, view).map((name) => {
      if (!ids.has(name)) ids.set(name, ids.size);
      return ids.get(name)!;
    })
  );
  const known = (example: MicroExample) => seen(example, view).flatMap((name) => ids.get(name) ?? []);
  const outputs = labels?.length ?? 1;
  const targets = train.map(({ label }) => labels ? labels.indexOf(label) : Number(label));
  const weights = fitted({ inputs, targets, outputs, features: ids.size }, { seed, epochs, decay });
  const answers = dev.map((example) => outputsOf(weights, known(example)));
  if (!labels) return pearson(answers.map(([value]) => value), dev.map(({ label }) => Number(label)));
  const right = dev.filter(({ label }, row) => {
    const values = answers[row];
    return labels[values.indexOf(Math.max(...values))] === label;
  });
  return 100 * right.length / dev.length;
}

interface Problem {
  /** Ids of what is seen, by row. */
  inputs: number[][];
  /** Class index, or the number itself when there is one output. */
  targets: number[];
  outputs: number;
  features: number;
}

interface Weights {
  bias: Float64Array;
  /** By feature, then output. */
  matrix: Float64Array;
}

function outputsOf({ bias, matrix }: Weights, input: number[]): number[] {
  const scale = 1 / Math.sqrt(Math.max(1, input.length));
  return Array.from(bias, (start, output) => {
    let sum = start;
    for (const id of input) sum += matrix[id * bias.length + output] * scale;
    return sum;
  });
}

/** Stochastic gradient descent: logistic loss over several outputs, squared loss for one. */
function fitted(
  { inputs, targets, outputs, features }: Problem,
  { seed, epochs, decay }: Required<ProbeOptions>,
): Weights {
  const weights = { bias: new Float64Array(outputs), matrix: new Float64Array(features * outputs) };
  if (outputs === 1) weights.bias[0] = mean(targets);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 0.5 * (1 - epoch / epochs);
    for (const row of shuffled([...inputs.keys()], stream(seed, "probe", epoch))) {
      const input = inputs[row], scale = 1 / Math.sqrt(Math.max(1, input.length));
      const gradient = lossGradient(outputsOf(weights, input), targets[row]);
      gradient.forEach((slope, output) => {
        weights.bias[output] -= 0.1 * rate * slope;
        for (const id of input) {
          const at = id * outputs + output;
          weights.matrix[at] -= rate * (slope * scale + decay * weights.matrix[at]);
        }
      });
    }
  }
  return weights;
}

function lossGradient(values: number[], target: number): number[] {
  if (values.length === 1) return [values[0] - target];
  const highest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power, output) => power / sum - (output === target ? 1 : 0));
}
