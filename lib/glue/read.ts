/** Reads GLUE's files into examples, row by row. */
import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError, visible } from "../errors.ts";
import { type SplitFile, splitFile, type SplitName, type Task } from "./tasks.ts";
import { readTsv, tsvReader, type TsvRow } from "./tsv.ts";

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
  const path = join(glueDir, task.folder, spec.file);
  return await streamSplit(splitReader(task, spec, file, options), path, `${file} (in "${glueDir}")`, advice);
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
  const reader = splitReader(task, splitFile(task, split), path, options);
  return await streamSplit(reader, path, `"${path}"`, `Name a ${task.title} ${split} file.`);
}

/** Parses the bytes of one file; `file` names it in errors. Throws `InputError` for anything malformed. */
export function parseSplit(
  task: Task,
  spec: SplitFile,
  bytes: Uint8Array,
  file: string,
  options: ReadOptions = {},
): Split {
  const reader = splitReader(task, spec, file, options);
  readTsv(bytes, file, reader.row);
  return reader.split(createHash("sha256").update(bytes).digest("hex"));
}

/** A split on its way: given its rows, then asked for the whole. */
interface SplitReader {
  file: string;
  row(row: TsvRow): void;
  split(sha256: string): Split;
}

/** GLUE's largest file has 392,702 rows. What is far beyond is something else, and must not fill the memory. */
const mostRows = 1_000_000;
/** QQP's own files have a few broken rows; one that has more of them than others is no QQP. */
const fewRows = 1000;

function splitReader(
  task: Task,
  spec: SplitFile,
  file: string,
  { expectOfficialCounts = true }: ReadOptions,
): SplitReader {
  const examples: Example[] = [], firstData = spec.header ? 2 : 1;
  let empty = true, dropped = 0;
  return {
    file,
    row({ fields, line, damage }) {
      empty = false;
      const place = `${file} line ${line}`;
      // A test row must stay: the leaderboard wants a prediction for each.
      const droppable = task.dropsShortRows && spec.label !== null && line >= firstData;
      if (droppable && (damage !== null || fields.length < spec.columns.length)) {
        if (++dropped <= examples.length + fewRows) return;
        throw new InputError(
          `${place}: found ${dropped} rows with missing fields and ${examples.length} others; expected a few. ` +
            `Fetch the file again.`,
        );
      }
      if (damage !== null) throw new InputError(`${place}: found ${damage}. Fetch the file again.`);
      if (line === 1) (spec.header ? checkHeader : refuseHeader)(fields, spec, place);
      if (line < firstData) return;
      if (spec.header && isHeader(fields, spec)) {
        throw new InputError(`${place}: found the header again, expected a row. Remove the line.`);
      }
      if (examples.length === mostRows) {
        throw new InputError(`${place}: found more than ${mostRows} rows; expected ${spec.rows}.`);
      }
      examples.push(parseRow(task, spec, fields, line - firstData, place));
    },
    split(sha256) {
      if (empty) throw new InputError(`${file} is empty; expected ${spec.rows} rows of ${task.title}.`);
      if (examples.length === 0) {
        throw new InputError(`${file} has a header but no rows; expected ${spec.rows}.`);
      }
      const warnings: string[] = [];
      if (dropped > 0) warnings.push(`${file}: dropped ${dropped} row(s) with missing fields.`);
      if (expectOfficialCounts && examples.length !== spec.rows) {
        warnings.push(`${file}: found ${examples.length} rows, GLUE's own file has ${spec.rows}.`);
      }
      return { examples, warnings, sha256, file };
    },
  };
}

/** Feeds the file at `path` to `reader`; `name` and `advice` make the error when it cannot be read. */
async function streamSplit(
  reader: SplitReader,
  path: string,
  name: string,
  advice: string,
): Promise<Split> {
  const hash = createHash("sha256");
  const tsv = tsvReader(reader.file, reader.row);
  await forEachPiece(path, name, advice, (piece) => {
    hash.update(piece);
    tsv.push(piece);
  });
  tsv.end();
  return reader.split(hash.digest("hex"));
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
      `${place}: found index "${visible(row[spec.index])}", expected ${index} (rows count from 0).`,
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
      `${place}: found ${task.title} label "${visible(text)}", expected one of ${task.labels.join(", ")}.`,
    );
  }
  const score = /^\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? Number(text) : NaN;
  if (score >= 0 && score <= 5) return score;
  throw new InputError(
    `${place}: found ${task.title} score "${visible(text)}", expected a number from 0 to 5.`,
  );
}

function isHeader(found: string[], { columns }: SplitFile): boolean {
  return found.length === columns.length &&
    columns.every((names, column) => names.split("|").includes(found[column]));
}

function checkHeader(found: string[], spec: SplitFile, place: string): void {
  if (isHeader(found, spec)) return;
  throw new InputError(
    `${place}: found header "${visible(found.join(", "))}" (${found.length} column(s)), ` +
      `expected "${spec.columns.join(", ")}" with tabs between.`,
  );
}

/** CoLA's train and dev begin with data; a header there would otherwise become an "unknown label". */
function refuseHeader(found: string[], spec: SplitFile, place: string): void {
  if (found[spec.label!] !== "label" && found[spec.a] !== "sentence") return;
  throw new InputError(
    `${place}: found a header, expected data (${spec.columns.join(", ")}) from line 1 on.`,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then((found) => found.isDirectory(), () => false);
}

async function forEachPiece(
  path: string,
  name: string,
  advice: string,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  const unreadable = (error: { code?: string }): never => {
    const reason = error.code === "ENOENT" ? "is missing" : `cannot be read (${error.code})`;
    throw new InputError(`${name} ${reason}. ${advice}`);
  };
  const file = await open(path).catch(unreadable);
  try {
    const buffer = new Uint8Array(1 << 16);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length).catch(unreadable);
      if (bytesRead === 0) return;
      take(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
