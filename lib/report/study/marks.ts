/** The marks of what was not recomputed here and of what has a single seed, and where they stand. */
import type { StudyRecord } from "./filling.ts";
import { noValue } from "../style.ts";
import type { Table } from "../value.ts";

/** Stands behind a number or a name. */
const dagger = "†";

/** What the dagger says, below the table or figure. */
const sentence = `${dagger}: not recomputed here; from the committed records, at least in part.`;

type Group = { records: readonly StudyRecord[] };

/** Whether runs are the committed ones, not run here. */
export const isReference = ({ records }: Group): boolean =>
  records.some(({ origin }) => origin === "reference");

/** `text` with the mark where one of the groups it was made from is the reference's. */
export function marked(text: string, ...groups: readonly (Group | undefined)[]): string {
  const isMarked = text !== noValue && groups.some((group) => group && isReference(group));
  return isMarked ? `${text} ${dagger}` : text;
}

/** Ends a caption or a verdict that has marks: of a figure those of `groups`. */
export const markNote = (...groups: readonly Group[]): string =>
  groups.some(isReference) ? ` ${sentence}` : "";

/**
 * A table as it is shown: a row with leads into the reference has the mark in its first cell (single cells where a row
 * mixes have marks of their own); where there is any, the caption says what it means.
 */
export function markedTable(table: Table): Table {
  const { rows, caption, leads } = table;
  const isFilled = (row: number) => leads?.rows[row].some(({ from }) => from === "reference") ?? false;
  const shown = rows.map(([first, ...others], row) =>
    isFilled(row) ? [`${first} ${dagger}`, ...others] : [first, ...others]
  );
  const hasMark = shown.flat().some((cell) => cell.includes(dagger));
  const isSaid = caption.includes(sentence);
  return { ...table, rows: shown, caption: hasMark && !isSaid ? `${caption} ${sentence}` : caption };
}

/** For a line of points, in place of its mode and text: daggers beside those of the reference; `labels` are shown on hover. */
export function pointMarks(groups: readonly Group[], labels?: readonly string[]) {
  if (!groups.some(isReference)) return labels ? { text: labels } : {};
  return {
    mode: "lines+markers+text",
    text: groups.map((group) => isReference(group) ? dagger : ""),
    textposition: "top right", // above it there may be a whisker
    textfont: { size: 17 },
    ...labels && { hovertext: labels },
  };
}

const isSingle = ({ records }: Group): boolean => records.length === 1;

/** A method's symbol as it is drawn for a group: open where that is a single seed, of which there is no spread. */
export const seedSymbol = (symbol: string, group: Group): string =>
  isSingle(group) ? `${symbol}-open` : symbol;

/** Says in a caption what open markers are, where there are any. */
export const seedNote = (groups: readonly Group[]): string =>
  groups.some(isSingle) ? " Open markers: a single seed." : "";
