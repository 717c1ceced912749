/** The two values a report is made of. They render themselves nowhere: `notebook/` draws figures, this file writes tables as text. */
import { posix } from "node:path";
import { InputError } from "../errors.ts";
import { markedTable } from "./marks.ts";

/** A figure as a plotly specification (version 4: titles are objects `{ text }`). */
export interface Figure {
  /** File name without extension. */
  name: string;
  /** What is seen, number of seeds, spread and profile: a figure never stands without it. */
  caption: string;
  spec: { data: unknown[]; layout: Record<string, unknown> };
  /** CSS pixels. */
  width: number;
  height: number;
  /** What it was drawn from, below the profile's folder: `runs/mrpc/bert-s0.json`; of the reference below the project's. */
  sources?: string[];
}

/** A file that numbers come from, or where a reader goes on from them. */
export interface Lead {
  /** Below the profile's folder (`runs/mrpc/bert-s0.json`), or below the project's if `from` says so. */
  path: string;
  /** `reference`: below the project's too, and not recomputed here. */
  from?: "project" | "reference";
  /** In Markdown a link of this text in the cell of this column; without, the file is named in the JSON alone. */
  shown?: { column: string; text: string };
}

/** Where the two folders that leads start from lie, as seen from the Markdown: `{ profile: "..", project: "../../.." }`. */
export interface Places {
  profile: string;
  project: string;
}

/** A table of texts: numbers are rounded before they come here. */
export interface Table {
  /** File name without extension. */
  name: string;
  caption: string;
  columns: string[];
  /** As many texts per row as columns. */
  rows: string[][];
  /** Per column; the first left and the others right by default. */
  align?: ("left" | "right")[];
  /** Where the numbers come from: those of whole columns (linked in the head), and row by row; `note` tells a reader. */
  leads?: { note: string; head: Lead[]; rows: Lead[][] };
  /** Set by whoever knows where the Markdown will lie; without it nothing is linked. */
  places?: Places;
}

/**
 * The table in Markdown, the caption as a paragraph above, what is not recomputed marked; where `places` is known, cells
 * lead to their files. Throws
 * `InputError` if a row has not one text per column.
 */
export function tableMarkdown(table: Table): string {
  const { caption: text, columns, rows, align, leads } = checked(table);
  const line = (cells: string[], row: Lead[]) =>
    `| ${cells.map((cell, at) => linkedCell(cell, columns[at], row, table.places)).join(" | ")} |`;
  const rule = `| ${align.map((side) => (side === "left" ? "---" : "---:")).join(" | ")} |`;
  const caption = table.places && leads.note ? `${text} ${leads.note}` : text;
  const body = rows.map((row, at) => line(row, leads.rows[at]));
  return [caption, "", line(columns, leads.head), rule, ...body, ""].join("\n");
}

/** The links that stand in this column, or the cell as it is where there are none. */
function linkedCell(cell: string, column: string, row: Lead[], places: Places | undefined): string {
  const links = row.flatMap(({ path, from, shown }) =>
    places && shown?.column === column
      ? [`[${escapeCell(shown.text)}](${posix.join(from ? places.project : places.profile, path)})`]
      : []
  );
  return links.length > 0 ? links.join(" ") : escapeCell(cell);
}

/** The table in columns of plain text, the caption below. Throws as `tableMarkdown`. */
export function tablePlain(table: Table): string {
  const { caption, columns, rows, align } = checked(table);
  const widths = columns.map((column, at) => Math.max(length(column), ...rows.map((row) => length(row[at]))));
  const line = (cells: string[]) =>
    cells.map((cell, at) => {
      const space = " ".repeat(widths[at] - length(cell));
      return align[at] === "left" ? cell + space : space + cell;
    }).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(columns), rule, ...rows.map(line), "", caption, ""].join("\n");
}

function checked(table: Table) {
  const { columns, rows } = table;
  const align = table.align ?? columns.map((_, at) => (at === 0 ? "left" : "right"));
  const wrong = [align, ...rows].findIndex((row) => row.length !== columns.length);
  if (wrong >= 0) {
    const found = [align, ...rows][wrong].length;
    throw new InputError(
      `Table ${table.name}: ${
        wrong === 0 ? "align" : `row ${wrong}`
      } has ${found} entries; expected ${columns.length}, one per column.`,
    );
  }
  const leads = table.leads ?? { note: "", head: [], rows: rows.map(() => []) };
  if (leads.rows.length !== rows.length) {
    throw new InputError(
      `Table ${table.name}: ${leads.rows.length} lists of leads; expected ${rows.length}, one per row.`,
    );
  }
  const strange = [...leads.head, ...leads.rows.flat()].find(({ shown }) =>
    shown && !columns.includes(shown.column)
  );
  if (strange) {
    throw new InputError(
      `Table ${table.name}: a lead to ${strange.path} for the column "${strange.shown?.column}"; expected one of ${
        columns.join(", ")
      }.`,
    );
  }
  return { ...markedTable(table), align, leads };
}

// a bar would end the cell, a line break the row, and what looks like a tag would not be shown
function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}

// code points, not UTF-16 units
function length(text: string): number {
  return [...text].length;
}
