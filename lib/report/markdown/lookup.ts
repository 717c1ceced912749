/** One value of a committed file: a cell of a Markdown table or a TSV file, or a field of a JSON file. */
import { InputError } from "../../errors.ts";
import { cellsOf } from "./columns.ts";
import { withoutLinks } from "./links.ts";

/**
 * The text at `keys` in a file's content. Tables (`.md`, `.tsv`): the first cells of the row, then the column:
 * `["MRPC", "DPBERT (t0.6)", "Ours"]`. JSON: the way to the field: `["recipe", "stage3", "lambda2"]`; -1 is the last of
 * a list. Throws `InputError` naming `file` when there is no such place, or more than one.
 */
export function lookUp(content: string, file: string, keys: readonly string[]): string {
  if (file.endsWith(".json")) return fieldOf(content, file, keys);
  const table = file.endsWith(".tsv") ? tsvCells(content) : markdownCells(content);
  const [columns = [], ...rows] = table;
  const column = columns.indexOf(keys.at(-1) ?? "");
  if (column < 0) {
    throw new InputError(`${file} has no column "${keys.at(-1)}"; expected one of ${columns.join(", ")}.`);
  }
  const first = keys.slice(0, -1);
  const found = rows.filter((row) => first.every((cell, at) => row[at] === cell));
  if (first.length === 0 || found.length !== 1) {
    throw new InputError(
      `${file} has ${found.length} rows that begin with "${first.join(" | ")}"; expected one.`,
    );
  }
  return found[0][column];
}

function tsvCells(content: string): string[][] {
  return content.trimEnd().split(/\r?\n/).map((line) => line.split("\t"));
}

/** Cells of the table in a Markdown text, links as their texts, without the rule below the head. */
function markdownCells(content: string): string[][] {
  const lines = content.split("\n").filter((line) => line.startsWith("|") && !/^[|\s:-]+$/.test(line));
  return lines.map((line) => cellsOf(withoutLinks(line)).map((cell) => cell.replaceAll("\\|", "|")));
}

function fieldOf(content: string, file: string, keys: readonly string[]): string {
  let at: unknown = parsed(content, file);
  for (const name of keys) {
    const key = Array.isArray(at) && name === "-1" ? String(at.length - 1) : name;
    const inside = typeof at === "object" && at !== null && Object.hasOwn(at, key);
    if (!inside) throw new InputError(`${file} has no field "${keys.join(" | ")}" ("${key}" is missing).`);
    at = (at as Record<string, unknown>)[key];
  }
  if (typeof at === "number" || typeof at === "string") return String(at);
  throw new InputError(`${file}: "${keys.join(" | ")}" is neither a number nor a text.`);
}

function parsed(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new InputError(`${file} is not complete JSON (${(error as Error).message}).`);
  }
}
