/** GLUE's scores of rows that count several times, without writing them out: what a thousand resamplings need. */
import { averageRanks } from "../../glue/metrics.ts";
import type { Task } from "../../glue/tasks.ts";

/** The score, 0-100, of rows of which row `k` counts `times[k]` times. */
export type WeightedScore = (times: ArrayLike<number>) => number;

/** `scoreTask` of one set of predictions and labels, as a function of how often each row counts. */
export function weightedScorer(
  task: Task,
  predictions: readonly number[],
  labels: readonly number[],
): WeightedScore {
  const names = task.id === "mnli" ? ["accuracy"] : task.metrics;
  const parts = task.kind === "regression"
    ? names.map((name) => correlation(name === "spearman", predictions, labels))
    : [classification(names, task.labels.length, predictions, labels)];
  return (times) => 100 * parts.reduce((sum, part) => sum + part(times), 0) / parts.length;
}

/** The mean of the metrics called `names`, from the table of predictions and labels. */
function classification(
  names: readonly string[],
  classes: number,
  predictions: readonly number[],
  labels: readonly number[],
): WeightedScore {
  const cellOf = Uint16Array.from(predictions, (prediction, row) => prediction * classes + labels[row]);
  const cells = new Float64Array(classes * classes);
  return (times) => {
    cells.fill(0);
    for (let row = 0; row < cellOf.length; row++) cells[cellOf[row]] += times[row];
    return names.reduce((sum, name) => sum + ofCells[name](cells), 0) / names.length;
  };
}

/** Metrics of a table `[prediction][label]`; the formulas of `glue/metrics.ts`. */
const ofCells: Record<string, (cells: Float64Array) => number> = {
  accuracy: (cells) => {
    const classes = Math.sqrt(cells.length), total = cells.reduce((sum, count) => sum + count, 0);
    let right = 0;
    for (let label = 0; label < classes; label++) right += cells[label * classes + label];
    return right / total;
  },
  f1: ([, fn, fp, tp]) => tp + fn + fp === 0 ? 0 : 2 * tp / (2 * tp + fp + fn),
  matthews: ([tn, fn, fp, tp]) => {
    const scale = Math.sqrt((tp + fp) * (tp + fn)) * Math.sqrt((tn + fp) * (tn + fn));
    return scale === 0 ? 0 : (tp * tn - fp * fn) / scale;
  },
};

/** Pearson's correlation, of values or of ranks. */
function correlation(
  ofRanks: boolean,
  predictions: readonly number[],
  labels: readonly number[],
): WeightedScore {
  const [x, y] = [predictions, labels].map((values) => ofRanks ? weightedRanks(values) : () => values);
  return (times) => pearson(x(times), y(times), times);
}

/** Ranks of rows that count several times; equal values share the mean of their ranks. Sorted once. */
function weightedRanks(values: readonly number[]): (times: ArrayLike<number>) => Float64Array {
  const plain = averageRanks(values), ranks = new Float64Array(values.length);
  const order = values.map((_, row) => row).sort((a, b) => plain[a] - plain[b]);
  return (times) => {
    let before = 0;
    for (let first = 0; first < order.length;) {
      let next = first, count = 0;
      while (next < order.length && plain[order[next]] === plain[order[first]]) count += times[order[next++]];
      for (; first < next; first++) ranks[order[first]] = before + (count + 1) / 2;
      before += count;
    }
    return ranks;
  };
}

function pearson(x: ArrayLike<number>, y: ArrayLike<number>, times: ArrayLike<number>): number {
  let n = 0, sx = 0, sy = 0;
  for (let row = 0; row < times.length; row++) {
    n += times[row], sx += times[row] * x[row], sy += times[row] * y[row];
  }
  const mx = sx / n, my = sy / n;
  let xx = 0, yy = 0, xy = 0;
  for (let row = 0; row < times.length; row++) {
    const dx = x[row] - mx, dy = y[row] - my, t = times[row];
    xx += t * dx * dx, yy += t * dy * dy, xy += t * dx * dy;
  }
  const scale = Math.sqrt(xx) * Math.sqrt(yy);
  return scale < 1e-12 ? 0 : Math.max(-1, Math.min(1, xy / scale)); // a constant side tells nothing
}
