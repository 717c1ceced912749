/** The two values a report is made of. They render themselves nowhere: `notebook/` draws figures, this file writes tables as text. */
import { InputError } from "../errors.ts";

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
}

/** The table in Markdown, the caption as a paragraph above. Throws `InputError` if a row has not one text per column. */
export function tableMarkdown(table: Table): string {
  const { columns, rows, align } = checked(table);
  const line = (cells: string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  const rule = `| ${align.map((side) => (side === "left" ? "---" : "---:")).join(" | ")} |`;
  return [table.caption, "", line(columns), rule, ...rows.map(line), ""].join("\n");
}

/** The table in columns of plain text, the caption below. Throws as `tableMarkdown`. */
export function tablePlain(table: Table): string {
  const { columns, rows, align } = checked(table);
  const widths = columns.map((column, at) => Math.max(length(column), ...rows.map((row) => length(row[at]))));
  const line = (cells: string[]) =>
    cells.map((cell, at) => {
      const space = " ".repeat(widths[at] - length(cell));
      return align[at] === "left" ? cell + space : space + cell;
    }).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(columns), rule, ...rows.map(line), "", table.caption, ""].join("\n");
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
  return { columns, rows, align };
}

// a bar would end the cell, a line break the row
function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

// code points, not UTF-16 units
function length(text: string): number {
  return [...text].length;
}
