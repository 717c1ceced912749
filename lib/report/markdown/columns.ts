/** A rendered table with fewer columns, for a page on which the whole one would be in the way. */
import { InputError } from "../../errors.ts";
import { withoutLinks } from "./links.ts";

/** The cells of a line of a Markdown table as they stand, links and escaped bars included. */
export const cellsOf = (line: string): string[] =>
  line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim());

/**
 * Of a rendered table (`tableMarkdown`) what its caption says in bold, and the columns called `names`, in that order.
 * Throws `InputError` naming `file` when there is no such column.
 */
export function chosenColumns(text: string, file: string, names: readonly string[]): string {
  const lines = text.split("\n"), start = lines.findIndex((line) => line.startsWith("|"));
  const table = lines.slice(start).filter((line) => line.startsWith("|")).map(cellsOf);
  const columns = (table[0] ?? []).map(withoutLinks);
  const places = names.map((name) => {
    const at = columns.indexOf(name);
    if (at >= 0) return at;
    throw new InputError(`${file} has no column "${name}"; expected some of ${columns.join(", ")}.`);
  });
  const rows = table.map((cells) => `| ${places.map((at) => cells[at]).join(" | ")} |`);
  const bold = lines.slice(0, start).join("\n").match(/\*\*[^*]+\*\*/g) ?? [];
  return [...bold, ...(bold.length > 0 ? [""] : []), ...rows].join("\n");
}
