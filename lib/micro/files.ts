/** Rows as GLUE's files, by the columns of `glue/tasks.ts`. */
import { readFile } from "node:fs/promises";
import { writeAtomic } from "../files/atomic.ts";
import type { SplitFile } from "../glue/tasks.ts";

/** Text by file name below the folder. */
export type Files = Record<string, string>;

/** A row as the files need it. */
export interface WrittenRow {
  a: string;
  b: string | null;
  label: string;
}

/**
 * The text of one GLUE file: header, columns and numbering as `spec` says. `source` fills the columns that name
 * where a sentence is from; parses, which nobody reads, are "-".
 */
export function glueText(spec: SplitFile, rows: readonly WrittenRow[], source: string): string {
  const lines = rows.map((row, index) =>
    spec.columns.map((name, column) => {
      if (column === spec.a) return row.a;
      if (column === spec.b) return row.b!;
      if (column === spec.label || /^label\d$/.test(name)) return row.label;
      return otherField(name, index, row.label, source);
    }).join("\t")
  );
  const header = spec.columns.map((names) => names.split("|")[0]).join("\t");
  // GLUE's MRPC begins with a byte-order mark, and so does this.
  const mark = spec.columns[0] === "Quality" ? "\uFEFF" : "";
  return mark + [...(spec.header ? [header] : []), ...lines].map((line) => `${line}\n`).join("");
}

function otherField(name: string, index: number, label: string, source: string): string {
  if (/^(index|id|id\|index|promptID|old_index)$/.test(name)) return String(index);
  if (/^(qid1|#1 ID)$/.test(name)) return String(2 * index);
  if (/^(qid2|#2 ID)$/.test(name)) return String(2 * index + 1);
  if (name === "pairID") return `${index}n`;
  if (name === "mark") return label === "0" ? "*" : ""; // CoLA's star for the unacceptable
  if (name === "year") return "0000";
  if (/^(genre|filename|source)$/.test(name)) return source;
  return "-";
}

/** Writes a file beside and renames it; leaves it alone where it has these bytes already. */
export async function writeUnlessEqual(path: string, text: string): Promise<void> {
  const existing = await readFile(path, "utf8").catch(() => null);
  if (existing !== text) await writeAtomic(path, text);
}
