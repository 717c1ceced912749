/**
 * TSV as GLUE writes it: UTF-8, LF or CRLF, no quoting (quotes are ordinary text there; a reader that honours them
 * silently merges rows), so a row is a line. Read in blocks of whole lines: whatever a file holds, only a block of it
 * is in pieces at a time, and the first wrong row ends the reading.
 */
import Papa from "papaparse";
import { InputError } from "../errors.ts";

/** One line of a file. */
export interface TsvRow {
  fields: string[];
  /** Counted from 1. */
  line: number;
  /** What no text file has here, in words; null where all is well. */
  damage: string | null;
}

/** Takes a file's bytes piece by piece; a piece may be overwritten once `push` has returned. */
export interface TsvReader {
  push(piece: Uint8Array): void;
  /** After the last piece. */
  end(): void;
}

/** Bytes; GLUE's longest line has a few thousand. */
const longestLine = 100_000;
const pieceBytes = 1 << 16;
const lineFeed = 10;

/**
 * Calls `onRow` with every line, in order; what it throws ends the reading. One line feed at the end makes no row. Throws
 * `InputError` naming `file` and line for bytes that are not UTF-8 and for a line of more than 100,000 bytes.
 */
export function tsvReader(file: string, onRow: (row: TsvRow) => void): TsvReader {
  let rest: Uint8Array[] = [], restBytes = 0, lines = 0;
  const take = (block: Uint8Array) => {
    refuseLongLine(block, lines, file);
    const text = textOf(block, lines, file);
    const odd = /[\0\r\uFEFF]/.test(text); // seldom: then every row is looked at
    for (const fields of rowsOf(text)) {
      onRow({ fields, line: ++lines, damage: odd ? damageOf(fields) : null });
    }
  };
  return {
    push(piece) {
      const begin = piece.lastIndexOf(lineFeed) + 1;
      if (begin > 0) {
        take(joined([...rest, piece.subarray(0, begin)]));
        [rest, restBytes] = [[], 0];
      }
      rest.push(piece.slice(begin));
      restBytes += piece.length - begin;
      if (restBytes > longestLine) throw tooLong(lines, file);
    },
    end() {
      const block = joined(rest);
      if (block.length > 0 && textOf(block, lines, file) !== "") take(block);
    },
  };
}

/** The same for bytes that are in memory. */
export function readTsv(bytes: Uint8Array, file: string, onRow: (row: TsvRow) => void): void {
  const reader = tsvReader(file, onRow);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  reader.end();
}

function joined(pieces: Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
  pieces.reduce((at, piece) => (whole.set(piece, at), at + piece.length), 0);
  return whole;
}

/** A block's lines with LF between them. The byte-order mark that MRPC begins with is no text. */
function textOf(block: Uint8Array, linesBefore: number, file: string): string {
  const text = utf8(block);
  if (text === null) {
    const line = linesBefore + linesOf(block).findIndex((bytes) => utf8(bytes) === null) + 1;
    throw new InputError(`${file} line ${line} is not UTF-8 text; expected a TSV file in UTF-8.`);
  }
  const lines = text.replaceAll("\r\n", "\n").replace(/\n$/, "");
  return linesBefore === 0 ? lines.replace(/^\uFEFF/, "") : lines;
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function linesOf(block: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let begin = 0, end = 0; begin < block.length; begin = end + 1) {
    const found = block.indexOf(lineFeed, begin);
    end = found < 0 ? block.length : found;
    lines.push(block.subarray(begin, end));
  }
  return lines;
}

function refuseLongLine(block: Uint8Array, linesBefore: number, file: string): void {
  if (block.length <= longestLine) return;
  const at = linesOf(block).findIndex((line) => line.length > longestLine);
  if (at >= 0) throw tooLong(linesBefore + at, file);
}

function tooLong(linesBefore: number, file: string): InputError {
  return new InputError(
    `${file} line ${
      linesBefore + 1
    } has more than ${longestLine} bytes; expected a row of GLUE's. Fetch the file again.`,
  );
}

function rowsOf(text: string): string[][] {
  if (text === "") return [[""]];
  // Papa Parse takes a byte-order mark off whatever it is given, here the middle of a file.
  return Papa.parse<string[]>(text.startsWith("\uFEFF") ? `\uFEFF${text}` : text, {
    delimiter: "\t",
    newline: "\n",
    quoteChar: "\u0000",
    escapeChar: "\u0000",
    fastMode: true,
  }).data;
}

function damageOf(fields: string[]): string | null {
  if (fields.some((field) => field.includes("\0"))) return "a NUL byte";
  // Readers differ on it: Python's take it for the end of a line, others for text.
  if (fields.some((field) => field.includes("\r"))) return "a carriage return inside the line";
  return fields[0].startsWith("\uFEFF") ? "a byte-order mark in the middle of the file" : null;
}
