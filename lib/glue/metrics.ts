/**
 * GLUE's metrics (Wang et al. 2018, section 3), equal to scikit-learn's and SciPy's where those are defined.
 * Single metrics are fractions (-1..1 or 0..1); `scoreTask` scales them to 0-100 as tables show them.
 */
import { InputError } from "../errors.ts";
import type { Task } from "./tasks.ts";
import { mean } from "../mean.ts";

/** Share of equal entries. Throws `InputError` for unequal lengths, nothing to score, or a number that is not finite. */
export function accuracy(predictions: readonly number[], labels: readonly number[]): number {
  checkAligned(predictions, labels);
  return count(predictions, (prediction, row) => prediction === labels[row]) / labels.length;
}

/** F1 of class 1: 2 TP / (2 TP + FP + FN); 0 when class 1 is neither predicted nor there. Throws as `accuracy`. */
export function f1(predictions: readonly number[], labels: readonly number[]): number {
  checkAligned(predictions, labels);
  const truePositives = count(predictions, (prediction, row) => prediction === 1 && labels[row] === 1);
  const predicted = count(predictions, (prediction) => prediction === 1);
  const actual = count(labels, (label) => label === 1);
  return predicted + actual === 0 ? 0 : (2 * truePositives) / (predicted + actual);
}

/**
 * Matthews correlation of two classes, 0 and 1. 0 when either side has one class only (as scikit-learn): such
 * predictions carry no information. Throws as `accuracy`.
 */
export function matthews(predictions: readonly number[], labels: readonly number[]): number {
  checkAligned(predictions, labels);
  const cell = (prediction: number, label: number) =>
    count(predictions, (found, row) => found === prediction && labels[row] === label);
  const tp = cell(1, 1), tn = cell(0, 0), fp = cell(1, 0), fn = cell(0, 1);
  // Roots before products: the four sums multiplied would leave the exact integers at GLUE's sizes.
  const scale = Math.sqrt((tp + fp) * (tp + fn)) * Math.sqrt((tn + fp) * (tn + fn));
  return scale === 0 ? 0 : (tp * tn - fp * fn) / scale;
}

/**
 * Pearson correlation. 0 when either side is constant: the quotient is 0 / 0 there (SciPy says NaN), and a
 * constant prediction tells nothing of the order, so a record stays a number and is not flattered. Throws as
 * `accuracy`.
 */
export function pearson(predictions: readonly number[], labels: readonly number[]): number {
  checkAligned(predictions, labels);
  if (isConstant(predictions) || isConstant(labels)) return 0;
  const x = centred(predictions);
  const y = centred(labels);
  const r = dot(x, y) / (Math.sqrt(dot(x, x)) * Math.sqrt(dot(y, y)));
  return Math.max(-1, Math.min(1, r));
}

/** Spearman correlation: Pearson's of the ranks, equal values sharing their mean rank. Throws as `accuracy`. */
export function spearman(predictions: readonly number[], labels: readonly number[]): number {
  checkAligned(predictions, labels);
  return pearson(averageRanks(predictions), averageRanks(labels));
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function averageRanks(values: readonly number[]): number[] {
  const order = values.map((_, row) => row).sort((p, q) => values[p] - values[q]);
  const ranks = new Array<number>(values.length);
  for (let first = 0; first < order.length;) {
    let next = first + 1;
    while (next < order.length && values[order[next]] === values[order[first]]) next++;
    const rank = (first + 1 + next) / 2;
    for (let at = first; at < next; at++) ranks[order[at]] = rank;
    first = next;
  }
  return ranks;
}

/**
 * The task's components and its `score`, 0-100: CoLA `matthews`; MRPC and QQP `accuracy`, `f1` and their mean;
 * STS-B `pearson`, `spearman` and their mean; else `accuracy`. Values are class indices or real scores. For
 * MNLI this scores one dev set; `scoreMnli` joins the two. Throws `InputError` for unequal lengths, nothing to
 * score, values that are not finite or not a class, and for AX, whose labels are not public.
 */
export function scoreTask(
  task: Task,
  predictions: readonly number[],
  labels: readonly number[],
): Record<string, number> {
  checkAligned(predictions, labels);
  if (task.metrics.length === 0) {
    throw new InputError(`${task.title} has no public labels; it cannot be scored here.`);
  }
  if (task.kind === "classification") {
    checkClasses(task, predictions, "prediction");
    checkClasses(task, labels, "label");
  }
  const names = task.id === "mnli" ? ["accuracy"] : task.metrics;
  const components = names.map((name) => 100 * metrics[name](predictions, labels));
  const score = mean(components);
  return { ...Object.fromEntries(names.map((name, at) => [name, components[at]])), score };
}

/** Predictions and labels of one set. */
export interface Scored {
  predictions: readonly number[];
  labels: readonly number[];
}

/** MNLI's components on its two dev sets, 0-100; the score is the matched one. Throws as `scoreTask`. */
export function scoreMnli(task: Task, matched: Scored, mismatched: Scored): Record<string, number> {
  const m = scoreTask(task, matched.predictions, matched.labels).score;
  const mm = scoreTask(task, mismatched.predictions, mismatched.labels).score;
  return { matched: m, mismatched: mm, score: m };
}

const metrics: Record<string, (predictions: readonly number[], labels: readonly number[]) => number> = {
  accuracy,
  f1,
  matthews,
  pearson,
  spearman,
};

function checkAligned(predictions: readonly number[], labels: readonly number[]): void {
  if (predictions.length !== labels.length) {
    throw new InputError(
      `Found ${predictions.length} prediction(s) for ${labels.length} label(s); expected one each.`,
    );
  }
  if (labels.length === 0) throw new InputError("Found no predictions to score; expected at least one.");
  for (const [name, values] of Object.entries({ prediction: predictions, label: labels })) {
    const row = values.findIndex((value) => !Number.isFinite(value));
    if (row >= 0) {
      throw new InputError(`Found ${name} ${values[row]} in row ${row}; expected a finite number.`);
    }
  }
}

function checkClasses(task: Task, values: readonly number[], name: string): void {
  const row = values.findIndex((value) =>
    !Number.isInteger(value) || value < 0 || value >= task.labels.length
  );
  if (row < 0) return;
  const last = task.labels.length - 1;
  throw new InputError(
    `Found ${name} ${values[row]} in row ${row}; expected a ${task.title} class, 0 to ${last}.`,
  );
}

function count(values: readonly number[], holds: (value: number, row: number) => boolean): number {
  let found = 0;
  values.forEach((value, row) => found += holds(value, row) ? 1 : 0);
  return found;
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

function centred(values: readonly number[]): number[] {
  const centre = mean(values);
  return values.map((value) => value - centre);
}

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, at) => sum + value * y[at], 0);
}
