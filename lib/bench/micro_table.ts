/** Micro-GLUE's sizes and its leak probes as tables, from what `results/bench/micro.json` holds and nothing else. */
import { showDecimals, showRange, type Table } from "../report/mod.ts";
import { splitFile, taskById } from "../glue/tasks.ts";
import type { MeasuredMicro, MicroLeaks } from "./micro.ts";

const title = (task: string) => taskById(task).title;

/** Rows, levels and tokens of every task. */
export function microRowsTable({ seed, tasks }: MeasuredMicro): Table {
  const columns = [
    ...["Task", "Train rows", "GLUE's train rows", "Dev rows", "Test rows", "Levels"],
    ...["Train tokens", "Dev tokens", "Tokens of an input", "r of length and level"],
  ];
  return {
    name: "micro_rows",
    caption:
      `Micro-GLUE as the generators make it with seed ${seed}: rows by split (MNLI's second dev and test sets ` +
      "are as large as its first), the rows of GLUE's own train set, levels of difficulty, tokens with the special ones, and Pearson's correlation of an " +
      "input's length with its level on dev.",
    columns,
    rows: tasks.map(({ task, rows, levels, tokens, shortest, longest, lengthAndLevel }) => [
      title(task),
      ...[rows.train, splitFile(taskById(task), "train").rows, rows.dev, rows.test].map(String),
      showRange([levels.from, levels.to], 0),
      ...[tokens.train, tokens.dev].map(String),
      showRange([shortest, longest], 0),
      showDecimals(lengthAndLevel, 2),
    ]),
  };
}

/** Percent above chance (classification) or correlation (regression) that a probe may find. */
const bounds = { above: 10, correlation: 0.25 };

/** What linear models make of the rows of level 2 and more, beside chance and what they may find at most. */
export function microLeaksTable({ probedRows, leaks }: MeasuredMicro): Table {
  return {
    name: "micro_leaks",
    caption:
      "Linear models that see the words of a row, also pairs of neighbouring words, or only lengths, sentence " +
      "ends and the places of shared words: percent correct on rows of level 2 and more (STS-B: Pearson's " +
      `correlation). Dev rows are more than the profile's dev has: for the probes ${probedRows} are drawn, of all ` +
      "levels. Bound: chance and ten points; a correlation of a quarter.",
    columns: ["Task", "Train rows", "Dev rows", "Words", "Neighbours", "Layout", "Chance", "Bound", "Below"],
    rows: leaks.map(leakRow),
  };
}

function leakRow({ task, rows, chance, found }: MicroLeaks): string[] {
  const bound = chance === null ? bounds.correlation : chance + bounds.above,
    decimals = chance === null ? 2 : 1;
  const values = [found.words, found.neighbours, found.layout];
  return [
    title(task),
    ...[rows.train, rows.dev].map(String),
    ...values.map((value) => showDecimals(value, decimals)),
    showDecimals(chance ?? 0, decimals),
    showDecimals(bound, decimals),
    values.every((value) => value < bound) ? "yes" : "no",
  ];
}
