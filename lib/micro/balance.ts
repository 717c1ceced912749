/** Two faults that would make a task easier than it looks: rows that train gives away, and levels that lean to a label. */
import { taskById } from "../glue/tasks.ts";
import { microSeed, type MicroSplits, microSplits, microTasks } from "./examples.ts";
import type { MicroExample } from "./grammar.ts";

/** Rows of dev whose text stands in train too. */
export function sharedRows({ train = [], dev = [] }: MicroSplits): number {
  const text = ({ a, b }: MicroExample) => `${a}\t${b ?? ""}`, known = new Set(train.map(text));
  return dev.filter((example) => known.has(text(example))).length;
}

/** The most rows by which one label outnumbers another at any level; 0 where there are no labels to count. */
export function labelSurplus(examples: readonly MicroExample[], labels: readonly string[]): number {
  const levels = Map.groupBy(examples, ({ level }) => level).values();
  return Math.max(
    0,
    ...levels.map((rows) => {
      const counts = labels.map((label) => rows.filter((row) => row.label === label).length);
      return Math.max(...counts) - Math.min(...counts);
    }),
  );
}

/** The same over all splits of a task. */
export function largestSurplus(splits: MicroSplits, labels: readonly string[]): number {
  return Math.max(...Object.values(splits).map((examples) => labelSurplus(examples, labels)));
}

/** Both over tasks of the profile (all of them: seconds of generating): rows shared anywhere, and the largest surplus. */
export function microBalance(tasks: readonly string[] = microTasks): { shared: number; surplus: number } {
  const found = tasks.map((id) => {
    const splits = microSplits(id, { seed: microSeed });
    return { shared: sharedRows(splits), surplus: largestSurplus(splits, taskById(id).labels) };
  });
  return {
    shared: found.reduce((sum, { shared }) => sum + shared, 0),
    surplus: Math.max(...found.map(({ surplus }) => surplus)),
  };
}
