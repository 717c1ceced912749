/**
 * Notebook files (nbformat 4.5): the types of cells and outputs, reading and writing. Written as Jupyter writes
 * them (sorted keys, one space of indentation, text as lists of lines), so a rerun changes only what changed.
 */
import { writeAtomic } from "../files/atomic.ts";
import { InputError, visible } from "../errors.ts";

/** Mime type -> text, or a JSON value for JSON mime types. */
export type MimeBundle = Record<string, unknown>;

export interface StreamOutput {
  output_type: "stream";
  name: "stdout" | "stderr";
  text: string;
}

export interface DisplayOutput {
  output_type: "display_data";
  data: MimeBundle;
  metadata: Record<string, unknown>;
}

export interface ResultOutput {
  output_type: "execute_result";
  execution_count: number | null;
  data: MimeBundle;
  metadata: Record<string, unknown>;
}

export interface ErrorOutput {
  output_type: "error";
  ename: string;
  evalue: string;
  traceback: string[];
}

export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

export interface CodeCell {
  cell_type: "code";
  id: string;
  metadata: Record<string, unknown>;
  source: string;
  execution_count: number | null;
  outputs: Output[];
}

export interface TextCell {
  cell_type: "markdown" | "raw";
  id: string;
  metadata: Record<string, unknown>;
  source: string;
}

export type Cell = CodeCell | TextCell;

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: 4;
  nbformat_minor: number;
}

/**
 * The metadata of every notebook here: what the kernel of Deno 2.9.6 says of itself. JupyterLab takes a notebook that
 * says anything else for changed as soon as it is open.
 */
export function notebookMetadata(): Record<string, unknown> {
  return {
    kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
    language_info: {
      codemirror_mode: "typescript",
      file_extension: ".ts",
      mimetype: "text/x.typescript",
      name: "typescript",
      nbconvert_exporter: "script",
      pygments_lexer: "typescript",
      version: "6.0.3",
    },
  };
}

/**
 * A notebook from its cells in order, without outputs; ids are `cell-00`, `cell-01` and so on. This is how the
 * notebooks of the project are made: `notebook([{ markdown: "# Table 1" }, { code: "await show(table);" }])`.
 */
export function notebook(cells: ({ markdown: string } | { code: string })[]): Notebook {
  return {
    cells: cells.map((cell, index): Cell => {
      const id = `cell-${String(index).padStart(2, "0")}`;
      return "code" in cell
        ? { cell_type: "code", id, metadata: {}, source: cell.code, execution_count: null, outputs: [] }
        : { cell_type: "markdown", id, metadata: {}, source: cell.markdown };
    }),
    metadata: notebookMetadata(),
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** Reads a notebook; lists of lines become one text. Throws `InputError` if the file is no nbformat 4 notebook. */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new InputError(`Cannot read the notebook ${path}: ${(error as Error).message}.`);
  }
  return parseNotebook(text, path);
}

/** As `readNotebook`, from the file's text; `path` is named in errors. */
export function parseNotebook(text: string, path: string): Notebook {
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is not a notebook: it is not JSON (${visible((error as Error).message)}).`);
  }
  if (raw?.nbformat !== 4 || !Array.isArray(raw.cells)) {
    throw new InputError(
      `${path} is not a notebook of nbformat 4: found nbformat ${JSON.stringify(raw?.nbformat)} and ` +
        `${
          Array.isArray(raw?.cells) ? "a list of cells" : "no list of cells"
        }; save it again with Jupyter or VS Code.`,
    );
  }
  return {
    ...raw,
    cells: raw.cells.map((cell, index) => parseCell(cell, index, path)),
  } as unknown as Notebook;
}

function parseCell(raw: Record<string, unknown>, index: number, path: string): Cell {
  const type = raw?.cell_type;
  if (type !== "code" && type !== "markdown" && type !== "raw") {
    throw new InputError(
      `${path}, cell ${index + 1}: cell_type is ${JSON.stringify(type)}; expected code, markdown or raw.`,
    );
  }
  const cell = {
    ...raw,
    id: typeof raw.id === "string" ? raw.id : "",
    metadata: raw.metadata ?? {},
    source: joinLines(raw.source),
  };
  if (type !== "code") return cell as TextCell;
  const outputs = Array.isArray(raw.outputs) ? raw.outputs.map(parseOutput) : [];
  return { ...cell, execution_count: raw.execution_count ?? null, outputs } as CodeCell;
}

function parseOutput(raw: Record<string, unknown>): Output {
  if ("text" in raw) return { ...raw, text: joinLines(raw.text) } as StreamOutput;
  if (!("data" in raw)) return raw as unknown as ErrorOutput;
  const data = Object.entries(raw.data as MimeBundle).map(([mime, value]) => [
    mime,
    isTextMime(mime) ? joinLines(value) : value,
  ]);
  return { ...raw, data: Object.fromEntries(data) } as DisplayOutput;
}

/** Writes a notebook atomically. */
export async function writeNotebook(path: string, document: Notebook): Promise<void> {
  await writeAtomic(path, notebookText(document));
}

/** The text of a notebook file. */
export function notebookText(document: Notebook): string {
  const cells = document.cells.map((cell) => {
    const lines = { ...cell, source: splitLines(cell.source) };
    return cell.cell_type === "code" ? { ...lines, outputs: cell.outputs.map(outputLines) } : lines;
  });
  return sortedJson({ ...document, cells });
}

function outputLines(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: splitLines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([mime, value]) => [
    mime,
    isTextMime(mime) && typeof value === "string" ? splitLines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

// nbformat splits these into lines on disk; PNG (base64) stays one string and JSON stays JSON.
function isTextMime(mime: string): boolean {
  return mime.startsWith("text/") || mime === "image/svg+xml" || mime === "application/javascript";
}

function joinLines(text: unknown): string {
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}

function splitLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** JSON with sorted keys, one space of indentation and a line break at the end: the same value, the same bytes. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(sortKeys(value), null, 1) + "\n";
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

/** Whether every cell that calls `show(` has an output. */
export function isExecuted({ cells }: Notebook): boolean {
  return cells.every((cell) =>
    cell.cell_type !== "code" || !callsShow(cell.source) || cell.outputs.length > 0
  );
}

/** Whether the code calls `show(`; a line that is a comment does not. */
export function callsShow(source: string): boolean {
  return source.split("\n").some((line) => !line.trim().startsWith("//") && /\bshow\(/.test(line));
}
