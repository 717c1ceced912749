/** The examples of each task's splits: seeded, balanced, no two alike. */
import { InputError } from "../errors.ts";
import { type SplitName, type Task, taskById } from "../glue/tasks.ts";
import { agreement } from "./agreement.ts";
import { order } from "./chains.ts";
import { shuffled, stream } from "./draw.ts";
import { questions, similarity, statements } from "./events.ts";
import type { Grammar, Levels, MicroExample } from "./grammar.ts";
import { nested } from "./nested.ts";
import { claims, whereabouts } from "./whereabouts.ts";

/** The eight tasks' ids, in GLUE's order. */
export const microTasks = ["cola", "sst-2", "mrpc", "sts-b", "qqp", "mnli", "qnli", "rte"] as const;

export type MicroTask = typeof microTasks[number];

/** Each task's generator. */
export const grammars: Readonly<Record<MicroTask, Grammar>> = {
  "cola": agreement,
  "sst-2": nested,
  "mrpc": statements,
  "sts-b": similarity,
  "qqp": questions,
  "mnli": claims,
  "qnli": whereabouts,
  "rte": order,
};

/** Rows of train, after GLUE's spread; every other split has `otherRows`. */
const trainRows: Readonly<Record<MicroTask, number>> = {
  "cola": 8500,
  "sst-2": 20000,
  "mrpc": 3700,
  "sts-b": 5700,
  "qqp": 20000,
  "mnli": 20000,
  "qnli": 20000,
  "rte": 2500,
};
const otherRows = 1000;

/** Seed of the micro profile's rows: everyone has the same. */
export const microSeed = 0;

/** What decides the examples. */
export interface MicroOptions {
  /** The same seed gives the same examples on every machine. */
  seed: number;
  /** The task's own unless said otherwise. */
  levels?: Levels;
  /** Rows of train, and of every other split, each 0 or more; the profile's unless said otherwise. */
  rows?: { train?: number; other?: number };
}

/** The examples by split, in the order of the files. */
export type MicroSplits = Partial<Record<SplitName, MicroExample[]>>;

/**
 * All splits of one task. Levels and labels are equally frequent in each, and no example occurs twice in the
 * task. Dev and test do not depend on the rows of train. Throws `InputError` for an unknown task, for rows that
 * are no whole number, for levels that are empty or that the grammar does not have, and for more examples than it has.
 */
export function microSplits(taskId: string, { seed, levels, rows }: MicroOptions): MicroSplits {
  const { task, grammar, trains } = microTask(taskId);
  const range = checkedLevels(task, grammar, levels ?? grammar.levels);
  const counts = {
    train: checkedRows("train", rows?.train ?? trains),
    other: checkedRows("other", rows?.other ?? otherRows),
  };
  const seen = new Set<string>();
  const names = Object.keys(task.splits) as SplitName[];
  const drawn = new Map<SplitName, MicroExample[]>();
  for (const name of [...names.filter((name) => name !== "train"), "train"] as SplitName[]) {
    const count = name === "train" ? counts.train : counts.other;
    drawn.set(name, drawSplit(task, grammar, name, range, count, seen, seed));
  }
  return Object.fromEntries(names.map((name) => [name, drawn.get(name)!]));
}

function microTask(id: string): { task: Task; grammar: Grammar; trains: number } {
  if (!Object.hasOwn(grammars, id)) {
    throw new InputError(`No micro-GLUE task "${id}"; expected one of ${microTasks.join(", ")}.`);
  }
  return { task: taskById(id), grammar: grammars[id as MicroTask], trains: trainRows[id as MicroTask] };
}

function checkedLevels({ title }: Task, { possible }: Grammar, levels: Levels): Levels {
  const { from, to } = levels;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from > to) {
    throw new InputError(`Found levels ${from} to ${to}, which holds none; expected a range such as 1 to 3.`);
  }
  if (from < possible.from || to > possible.to) {
    throw new InputError(
      `Found levels ${from} to ${to}; the sentences of micro-GLUE's ${title} have ${possible.from} to ${possible.to}.`,
    );
  }
  return levels;
}

function checkedRows(name: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new InputError(
    `Found rows.${name} = ${count}; expected a whole number of rows, 0 or more, such as 1000.`,
  );
}

/** Draws in a row that bring nothing new, after which a grammar counts as exhausted. */
const patience = 2000;

/** Draws until a text is none of `seen`, and adds it. Throws `InputError` when the grammar seems to have no more. */
export function newExample(
  draw: () => MicroExample,
  seen: Set<string>,
  { title, level, row, count }: { title: string; level: number; row: number; count: number },
): MicroExample {
  for (let draws = 0; draws < patience; draws++) {
    const example = draw();
    const text = `${example.a}\t${example.b ?? ""}`;
    if (seen.has(text)) continue;
    seen.add(text);
    return example;
  }
  throw new InputError(
    `Found no new example of micro-GLUE's ${title} at level ${level} after ${row} of ${count} rows; ` +
      "the grammar has no more. Ask for fewer rows or more levels.",
  );
}

function drawSplit(
  task: Task,
  grammar: Grammar,
  name: SplitName,
  { from, to }: Levels,
  count: number,
  seen: Set<string>,
  seed: number,
): MicroExample[] {
  const random = stream(seed, task.id, name);
  const labels = task.kind === "regression" ? [null] : task.labels;
  const kinds = Array.from({ length: to - from + 1 }, (_, step) => from + step)
    .flatMap((level) => labels.map((label) => ({ level, label })));
  const purpose = { training: name === "train", mismatched: name.endsWith("-mm") };
  const examples = Array.from({ length: count }, (_, row) => {
    const wanted = { ...kinds[row % kinds.length], ...purpose };
    const place = { title: task.title, level: wanted.level, row, count };
    return newExample(() => grammar.example(wanted, random), seen, place);
  });
  return shuffled(examples, random);
}
