/** A table as text: Markdown for files and front ends, columns for a terminal. */
import { posix } from "node:path";
import { InputError } from "../../errors.ts";
import { markedTable } from "../study/marks.ts";
import type { CaptionLead, Lead, Places, Table } from "../value.ts";

/**
 * The table in Markdown, the caption as a paragraph above, what is not recomputed marked; where `places` is known, cells
 * lead to their files. Throws `InputError` if a row has not one text per column.
 */
export function tableMarkdown(table: Table): string {
  const { caption: text, columns, rows, align, leads } = checked(table);
  const line = (cells: string[], row: Lead[]) =>
    `| ${cells.map((cell, at) => linkedCell(cell, columns[at], row, table.places)).join(" | ")} |`;
  const rule = `| ${align.map((side) => (side === "left" ? "---" : "---:")).join(" | ")} |`;
  const linked = linkedCaption(text, leads.caption, table.places);
  const caption = table.places && leads.note ? `${linked} ${leads.note}` : linked;
  const body = rows.map((row, at) => line(row, leads.rows[at]));
  return [caption, "", line(columns, leads.head), rule, ...body, ""].join("\n");
}

function linkedCaption(caption: string, leads: CaptionLead[] = [], places: Places | undefined): string {
  if (!places) return caption;
  return leads.reduce(
    (text, lead) => text.replace(lead.text, `[${lead.text}](${targetOf(lead, places)})`),
    caption,
  );
}

const targetOf = ({ path, from }: Pick<Lead, "path" | "from">, places: Places) =>
  posix.join(from ? places.project : places.profile, path);

/** The links that stand in this column, or the cell as it is where there are none. */
function linkedCell(cell: string, column: string, row: Lead[], places: Places | undefined): string {
  const links = row.flatMap((lead) =>
    places && lead.shown?.column === column
      ? [`[${escapeCell(lead.shown.text)}](${targetOf(lead, places)})`]
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
  const leads: NonNullable<Table["leads"]> = table.leads ?? { note: "", head: [], rows: rows.map(() => []) };
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
