/** Rows of GLUE's tasks to look at: micro-GLUE's by level, and real ones beside them. */
import { taskById } from "../../glue/tasks.ts";
import { taskLabel } from "../style.ts";
import type { Table } from "../value.ts";

/** A row as a file has it. */
export interface ShownRow {
  a: string;
  /** Null for tasks on single sentences. */
  b: string | null;
  /** As the file writes it. */
  label: string;
}

/** Examples of one task by level. */
export function examplesTable(
  task: string,
  examples: readonly (ShownRow & { level: number; hard: string })[],
): Table {
  const { pair } = taskById(task);
  const columns = [
    "Level",
    ...pair ? ["Sentence 1", "Sentence 2"] : ["Sentence"],
    "Label",
    "What makes it hard",
  ];
  return {
    name: `examples-${task}`,
    caption: `Micro-GLUE's ${taskLabel(task)}: the first dev row of each level.`,
    columns,
    rows: examples.map((row) => [
      `${row.level}`,
      ...pair ? [row.a, row.b!] : [row.a],
      labelOf(task, row.label),
      row.hard,
    ]),
    align: columns.map(() => "left"),
  };
}

/** A label as its file writes it, with the name of the class where that says more: `1, equivalent`. */
function labelOf(task: string, label: string): string {
  const { labels, classNames } = taskById(task), name = classNames[labels.indexOf(label)];
  return name === undefined || name === label ? label : `${label}, ${name}`;
}

/** A task's generated row and, where the reader's own GLUE has the task, a real one. */
export interface RowPair {
  task: string;
  generated: ShownRow;
  real: ShownRow | null;
}

/** Rows of both GLUEs under each other. Only ever for the eyes of whoever owns the files: real sentences are not ours. */
export function bothGluesTable(pairs: readonly RowPair[]): Table {
  const row = (task: string, whose: string, { a, b, label }: ShownRow) => [
    ...[taskLabel(task), whose, b === null ? a : `${a} / ${b}`, labelOf(task, label)],
  ];
  return {
    name: "both-glues",
    caption:
      "The first dev row of each task that your copy of GLUE has, below micro-GLUE's. Not to be passed on.",
    columns: ["Task", "Of your GLUE?", "Text", "Label"],
    rows: pairs.flatMap(({ task, generated, real }) =>
      real ? [row(task, "micro", generated), row(task, "yours", real)] : []
    ),
    align: ["left", "left", "left", "left"],
  };
}
