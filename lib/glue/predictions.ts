/**
 * Predictions as GLUE writes them. Scores are computed from these strings, so that a file scored by anybody
 * gives the score in the record.
 */
import { InputError, visible } from "../errors.ts";
import { parseLabel } from "./read.ts";
import type { Task } from "./tasks.ts";
import { readTsv } from "./tsv.ts";

/**
 * The string of a class index (the label column's own string), or of a regression's value: clipped to 0..5,
 * three decimals. Throws `InputError` for a value that is no class or not finite.
 */
export function formatPrediction(task: Task, value: number): string {
  if (task.kind === "regression") {
    if (!Number.isFinite(value)) {
      throw new InputError(`Found the ${task.title} prediction ${value}; expected a finite number.`);
    }
    return Math.min(5, Math.max(0, value)).toFixed(3);
  }
  const label = task.labels[value];
  if (label === undefined) {
    throw new InputError(`Found ${task.title} class ${value}; expected 0 to ${task.labels.length - 1}.`);
  }
  return label;
}

/**
 * The class index, or the score, of a prediction or label string. Throws `InputError` for an unknown class or a
 * score that is no number in 0..5.
 */
export function parsePrediction(task: Task, text: string): number {
  return parseLabel(task, text, "prediction");
}

/** The text of a leaderboard file: header `index<TAB>prediction`, then a row per prediction, counted from 0. */
export function leaderboardText(task: Task, values: readonly number[]): string {
  const lines = values.map((value, index) => `${index}\t${formatPrediction(task, value)}`);
  return ["index\tprediction", ...lines].join("\n") + "\n";
}

/**
 * The values of a leaderboard file; `file` names it in errors. Throws `InputError` for a wrong header, an index
 * out of order, a row that has not two columns, an unknown label.
 */
export function parseLeaderboard(task: Task, bytes: Uint8Array, file: string): number[] {
  const values: number[] = [];
  const refuseHeader = (found: string) => {
    throw new InputError(`${file} line 1: found header "${found}", expected "index, prediction".`);
  };
  if (bytes.length === 0) refuseHeader("");
  readTsv(bytes, file, ({ fields, line, damage }) => {
    const place = `${file} line ${line}`;
    if (damage !== null) {
      throw new InputError(`${place}: found ${damage}; expected an index and a prediction.`);
    }
    if (line === 1) {
      if (fields.join("\t") !== "index\tprediction") refuseHeader(visible(fields.join(", ")));
      return;
    }
    if (fields.length !== 2) throw new InputError(`${place}: found ${fields.length} column(s), expected 2.`);
    if (fields[0] !== String(values.length)) {
      throw new InputError(`${place}: found index "${visible(fields[0])}", expected ${values.length}.`);
    }
    values.push(parseLabel(task, fields[1], place));
  });
  return values;
}
