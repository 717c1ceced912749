/** What micro-GLUE's generators give: how much of it, how long, and what a model without depth can make of it. */
import { pearson } from "../glue/metrics.ts";
import { taskById } from "../glue/tasks.ts";
import {
  inputTokens,
  type MicroExample,
  microSeed,
  microSplits,
  microTasks,
  probe,
  type View,
  views,
} from "../micro/mod.ts";

/** One task's rows. */
export interface MicroRows {
  task: string;
  /** By split. */
  rows: Record<string, number>;
  levels: { from: number; to: number };
  /** All tokens of a split's inputs, special ones included. */
  tokens: { train: number; dev: number };
  /** Tokens of an input, over all splits. */
  shortest: number;
  longest: number;
  /** Pearson's correlation of length and level on dev. */
  lengthAndLevel: number;
}

/** One task's probes. */
export interface MicroLeaks {
  task: string;
  /** Of level 2 and more. */
  rows: { train: number; dev: number };
  /** Percent correct by guessing; null for a regression, whose probes are correlations. */
  chance: number | null;
  found: Record<View, number>;
}

/** What `deno task bench --micro` found. Every number follows from the generators and their seed alone. */
export interface MeasuredMicro {
  seed: number;
  tasks: MicroRows[];
  /** Dev rows of all levels that are drawn for the probes of each task. */
  probedRows: number;
  leaks: MicroLeaks[];
}

/** Dev rows that the probes are scored on: more than the profile has, for a standard error below one point. */
const probedRows = 4000;

/** Generates every task and probes it; `say` hears of each. Some ten seconds of work. */
export function measureMicro(say: (line: string) => void): MeasuredMicro {
  const measured: MeasuredMicro = { seed: microSeed, tasks: [], probedRows, leaks: [] };
  for (const task of microTasks) {
    say(`micro-GLUE's ${taskById(task).title}`);
    measured.tasks.push(microRows(task));
    measured.leaks.push(microLeaks(task));
  }
  return measured;
}

/** Counts one task's rows. Throws `InputError` for an unknown task. */
export function microRows(task: string): MicroRows {
  const splits = microSplits(task, { seed: microSeed }), { train, dev } = splits;
  const all = Object.values(splits).flat(), lengths = all.map(inputTokens);
  const levels = dev!.map(({ level }) => level);
  const total = (examples: MicroExample[]) => examples.reduce((sum, one) => sum + inputTokens(one), 0);
  return {
    task,
    rows: Object.fromEntries(Object.entries(splits).map(([name, examples]) => [name, examples.length])),
    levels: { from: Math.min(...levels), to: Math.max(...levels) },
    tokens: { train: total(train!), dev: total(dev!) },
    shortest: lengths.reduce((least, one) => Math.min(least, one)),
    longest: lengths.reduce((most, one) => Math.max(most, one)),
    lengthAndLevel: pearson(dev!.map(inputTokens), levels),
  };
}

function microLeaks(task: string): MicroLeaks {
  const { kind, labels } = taskById(task), isRegression = kind === "regression";
  const { train, dev } = microSplits(task, { seed: microSeed, rows: { other: probedRows } });
  const hard = (examples: MicroExample[]) => examples.filter(({ level }) => level >= 2);
  const [hardTrain, hardDev] = [hard(train!), hard(dev!)];
  const score = (view: View) =>
    probe(hardTrain, hardDev, isRegression ? null : labels, view, { seed: microSeed });
  return {
    task,
    rows: { train: hardTrain.length, dev: hardDev.length },
    chance: isRegression ? null : 100 / labels.length,
    found: Object.fromEntries(views.map((view) => [view, score(view)])) as Record<View, number>,
  };
}
