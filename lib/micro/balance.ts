/** Two faults that would make a task easier than it looks: rows that train gives away, and levels that lean to a label. */
import type { MicroSplits } from "./examples.ts";
import type { MicroExample } from "./grammar.ts";

/** Rows of dev whose text stands in train too. */
export function sharedRows({ train = [], dev = [] }: MicroSplits): number {
  const text = ({ a, b }: MicroExample) => `${a}\t${b ?? ""}`, known = new Set(train.map(text));
  return dev.filter((example) => known.has(text(example))).length;
}

/** The most rows by which one label outnumbers another at any level. */
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
