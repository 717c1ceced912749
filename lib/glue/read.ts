/**
 * Reads GLUE's TSV files. Quotes are ordinary text there: a reader that honours them silently merges rows, so
 * quoting is off and a row is a line.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import Papa from "papaparse";
import { InputError } from "../errors.ts";
import { type SplitFile, splitFile, type SplitName, type Task } from "./tasks.ts";

/** One row of a split. */
export interface Example {
  /** Data row of the file, counted from 0. */
  index: number;
  a: string;
  /** Second sentence; null for tasks on single sentences. */
  b: string | null;
  /** Class index, or the score 0..5 of a regression; null where labels are not public. */
  label: number | null;
  /** The label as the file writes it. */
  labelText: string | null;
}

/** A split as read. */
export interface Split {
  examples: Example[];
  /** What is unusual but usable: rows dropped, a row count that is not GLUE's. */
  warnings: string[];
  /** sha256 of the file's bytes, hexadecimal. */
  sha256: string;
  /** Folder and file name inside the GLUE folder, e.g. "MRPC/dev.tsv". */
  file: string;
}

/** Settings of a reading. */
export interface ReadOptions {
  /** Whether a row count other than GLUE's adds a warning; true unless said otherwise. */
  expectOfficialCounts?: boolean;
}

/**
 * Reads one split of `task` from the folder `glueDir`, which holds GLUE's folders (`CoLA`, `MRPC` ...).
 * Throws `InputError` for a missing or empty file and for a broken header or row, naming file, line, what was
 * found and what was expected.
 */
export async function readSplit(
  task: Task,
  glueDir: string,
  split: SplitName,
  options: ReadOptions = {},
): Promise<Split> {
  const spec = splitFile(task, split);
  const advice = "Set DPB_GLUE_DIR to a folder that holds GLUE's folders (CoLA, MRPC, RTE ...).";
  if (!glueDir || !(await isDirectory(glueDir))) {
    throw new InputError(`No GLUE folder at "${glueDir}". ${advice}`);
  }
  const file = `${task.folder}/${spec.file}`;
  const bytes = await readBytes(join(glueDir, task.folder, spec.file), `${file} (in "${glueDir}")`, advice);
  return parseSplit(task, spec, bytes, file, options);
}

/**
 * Reads a single file of `task` that has the columns of `split`, wherever it lies.
 * Throws `InputError` as `readSplit` does.
 */
export async function readSplitFile(
  task: Task,
  path: string,
  split: SplitName,
  options: ReadOptions = {},
): Promise<Split> {
  const bytes = await readBytes(path, `"${path}"`, `Name a ${task.title} ${split} file.`);
  return parseSplit(task, splitFile(task, split), bytes, path, options);
}

/** Parses the bytes of one file; `file` names it in errors. Throws `InputError` for anything malformed. */
export function parseSplit(
  task: Task,
  spec: SplitFile,
  bytes: Uint8Array,
  file: string,
  { expectOfficialCounts = true }: ReadOptions = {},
): Split {
  const rows = tsvRows(bytes, file);
  if (rows.length === 0) {
    throw new InputError(`${file} is empty; expected ${spec.rows} rows of ${task.title}.`);
  }
  if (spec.header) checkHeader(rows[0], spec, file);
  else refuseHeader(rows[0], spec, file);
  const firstData = spec.header ? 1 : 0;
  const examples: Example[] = [];
  let dropped = 0;
  for (let row = firstData; row < rows.length; row++) {
    // A test row must stay: the leaderboard wants a prediction for each.
    if (task.dropsShortRows && spec.label !== null && rows[row].length < spec.columns.length) dropped++;
    else examples.push(parseRow(task, spec, rows[row], row - firstData, `${file} line ${row + 1}`));
  }
  if (examples.length === 0) throw new InputError(`${file} has a header but no rows; expected ${spec.rows}.`);
  const warnings: string[] = [];
  if (dropped > 0) warnings.push(`${file}: dropped ${dropped} row(s) with missing fields.`);
  if (expectOfficialCounts && examples.length !== spec.rows) {
    warnings.push(`${file}: found ${examples.length} rows, GLUE's own file has ${spec.rows}.`);
  }
  return { examples, warnings, sha256: createHash("sha256").update(bytes).digest("hex"), file };
}

/** Splits TSV bytes into rows of fields: UTF-8, no quoting, LF or CRLF, an optional byte-order mark. */
export function tsvRows(bytes: Uint8Array, file: string): string[][] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); // drops the byte-order mark, as MRPC has
  } catch {
    throw new InputError(`${file} is not UTF-8 text; expected a TSV file.`);
  }
  text = text.replaceAll("\r\n", "\n");
  // Files end in one line feed, or in none (CoLA's dev file): neither makes a row.
  if (text.endsWith("\n")) text = text.slice(0, -1);
  if (text === "") return [];
  return Papa.parse<string[]>(text, {
    delimiter: "\t",
    newline: "\n",
    quoteChar: "\u0000",
    escapeChar: "\u0000",
    fastMode: true,
  }).data;
}

function parseRow(task: Task, spec: SplitFile, row: string[], index: number, place: string): Example {
  if (row.length !== spec.columns.length) {
    throw new InputError(
      `${place}: found ${row.length} column(s), expected ${spec.columns.length} (${
        spec.columns.join(", ")
      }).`,
    );
  }
  if (spec.index !== null && row[spec.index] !== String(index)) {
    throw new InputError(
      `${place}: found index "${row[spec.index]}", expected ${index} (rows count from 0).`,
    );
  }
  const a = row[spec.a];
  const b = spec.b === null ? null : row[spec.b];
  const empty = a.trim() === "" ? spec.a : b !== null && b.trim() === "" ? spec.b! : null;
  // Some of QQP's questions are empty in the official files; Hugging Face keeps them, and so the counts above.
  if (empty !== null && !task.dropsShortRows) {
    throw new InputError(`${place}: found an empty ${spec.columns[empty]}, expected a sentence.`);
  }
  const labelText = spec.label === null ? null : row[spec.label];
  const label = labelText === null ? null : parseLabel(task, labelText, place);
  return { index, a, b, label, labelText };
}

/**
 * The class index, or a regression's score, of a label or prediction as GLUE writes it. `place` begins the
 * message of the `InputError` thrown for an unknown label or a score that is no number in 0..5.
 */
export function parseLabel(task: Task, text: string, place: string): number {
  if (task.kind === "classification") {
    const label = task.labels.indexOf(text);
    if (label >= 0) return label;
    throw new InputError(
      `${place}: found ${task.title} label "${text}", expected one of ${task.labels.join(", ")}.`,
    );
  }
  const score = /^\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? Number(text) : NaN;
  if (score >= 0 && score <= 5) return score;
  throw new InputError(`${place}: found ${task.title} score "${text}", expected a number from 0 to 5.`);
}

function checkHeader(found: string[], spec: SplitFile, file: string): void {
  const matches = found.length === spec.columns.length &&
    spec.columns.every((names, column) => names.split("|").includes(found[column]));
  if (matches) return;
  throw new InputError(
    `${file} line 1: found header "${abbreviate(found.join(", "))}", expected "${spec.columns.join(", ")}".`,
  );
}

/** CoLA's train and dev begin with data; a header there would otherwise become an "unknown label". */
function refuseHeader(found: string[], spec: SplitFile, file: string): void {
  if (found[spec.label!] !== "label" && found[spec.a] !== "sentence") return;
  throw new InputError(
    `${file} line 1: found a header, expected data (${spec.columns.join(", ")}) from line 1 on.`,
  );
}

function abbreviate(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then((found) => found.isDirectory(), () => false);
}

async function readBytes(path: string, name: string, advice: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as { code?: string }).code;
    const reason = code === "ENOENT" ? "is missing" : `cannot be read (${code})`;
    throw new InputError(`${name} ${reason}. ${advice}`);
  }
}
