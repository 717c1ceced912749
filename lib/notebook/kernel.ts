/**
 * Runs a notebook from its first cell to its last through Deno's own kernel and saves the executed copy:
 * what `jupyter nbconvert --execute` does, with progress, a readable first error and the partial notebook kept.
 */
import { basename, dirname } from "node:path";
import { InputError } from "../errors.ts";
import {
  callsShow,
  type CodeCell,
  type Notebook,
  notebookMetadata,
  type Output,
  readNotebook,
  writeNotebook,
} from "./document.ts";
import { applyMessage, type DisplayIndex } from "./outputs.ts";
import { type Reply, type Session, startSession } from "./session.ts";
import type { Message } from "./wire.ts";

/** Where a running notebook is. `line` is ready to print: `[3/11] 01_backbone: first line … 2.1 s, about 12 s left`. */
export interface CellProgress {
  state: "started" | "updated" | "finished";
  /** File name without `.ipynb`. */
  notebook: string;
  /** Code cells counted from 1. */
  cell: number;
  cells: number;
  line: string;
}

export interface ExecuteOptions {
  /** Path of the notebook; it is only read. */
  notebook: string;
  /** Path of the executed copy. */
  output: string;
  /** Working folder of the kernel; the notebook's folder by default, as in JupyterLab. */
  cwd?: string;
  /** Added to the environment of this process. */
  env?: Record<string, string>;
  /** Called when a cell starts, when a display in it is updated (training progress) and when it has finished. */
  onProgress?: (progress: CellProgress) => void;
  /** Each line the kernel's process writes to stderr. */
  onKernelLine?: (line: string) => void;
  /** Limit for each cell; none by default (training takes as long as it takes). */
  cellTimeoutMs?: number;
  /** Milliseconds since some start; used for progress only. */
  now?: () => number;
}

/**
 * Executes `notebook` and saves the copy with its outputs at `output`. Outputs hold nothing that a clock decides.
 * Throws `InputError` naming notebook and cell at the first error, at a cell that calls `show(` and has no
 * output, and when the kernel dies; the copy then holds everything up to there, the error included.
 */
export async function executeNotebook(options: ExecuteOptions): Promise<void> {
  const document = await readNotebook(options.notebook);
  const executed = clearedCopy(document);
  const session = await startSession({
    cwd: options.cwd ?? dirname(options.notebook),
    env: options.env,
    onKernelLine: options.onKernelLine,
  });
  try {
    await executeCells(session, executed, options);
  } finally {
    await session.close();
  }
}

/** The notebook without outputs and without anything that changes from run to run or machine to machine. */
function clearedCopy(document: Notebook): Notebook {
  const cells = document.cells.map((cell) => {
    const { execution: _timing, ...metadata } = cell.metadata;
    return cell.cell_type === "code"
      ? { ...cell, metadata, execution_count: null, outputs: [] as Output[] }
      : { ...cell, metadata };
  });
  return { ...document, cells, metadata: { ...document.metadata, ...notebookMetadata() } };
}

async function executeCells(session: Session, document: Notebook, options: ExecuteOptions): Promise<void> {
  const now = options.now ?? (() => performance.now());
  const cells = document.cells.filter((cell) =>
    cell.cell_type === "code" && cell.source.trim() !== ""
  ) as CodeCell[];
  const name = basename(options.notebook, ".ipynb");
  const displays: DisplayIndex = new Map();
  const started = now();
  for (const [index, cell] of cells.entries()) {
    const place = { notebook: name, cell: index + 1, cells: cells.length };
    const head = `[${place.cell}/${place.cells}] ${name}: ${firstLine(cell.source)}`;
    const report = (state: CellProgress["state"], note = "") =>
      options.onProgress?.({ state, ...place, line: note ? `${head} … ${note}` : head });
    report("started");
    const cellStarted = now();
    const onOutput = (message: Message) => {
      applyMessage(cell, displays, message);
      const text = (message.content.data as Record<string, unknown> | undefined)?.["text/plain"];
      if (message.header.msg_type === "update_display_data" && text) {
        report("updated", String(text).split("\n")[0]);
      }
    };
    const where = `${name}.ipynb, cell ${place.cell}`;
    try {
      const reply = await session.execute(cell.source, onOutput, options.cellTimeoutMs);
      cell.execution_count = place.cell;
      await checkCell(cell, reply);
    } catch (error) {
      throw error instanceof InputError ? new InputError(`${where}: ${error.message}`) : error;
    } finally {
      await writeNotebook(options.output, document); // after every cell: also a killed run leaves what it had
    }
    const elapsed = now() - started;
    const left = (elapsed / place.cell) * (place.cells - place.cell);
    report("finished", seconds(now() - cellStarted) + (left > 0 ? `, about ${seconds(left)} left` : ""));
  }
}

/** Throws `InputError` if the cell failed or if what it shows did not arrive. Keeps an error output in any case. */
async function checkCell(cell: CodeCell, reply: Reply): Promise<void> {
  for (const output of cell.outputs) {
    if (output.output_type === "execute_result") output.execution_count = cell.execution_count;
  }
  let error = cell.outputs.find((output) => output.output_type === "error");
  if (reply.status === "error" && !error) {
    const evalue = await syntaxError(cell.source) ?? (reply.evalue || "the kernel gave no reason");
    error = { output_type: "error", ename: reply.ename || "Error", evalue, traceback: [] };
    cell.outputs.push(error);
  }
  if (error) {
    // a thrown value that is no Error arrives as `Error` with the value as text
    throw new InputError(
      error.evalue.startsWith("SyntaxError:") ? error.evalue : `${error.ename}: ${error.evalue}`,
    );
  }
  if (callsShow(cell.source) && cell.outputs.length === 0) {
    throw new InputError(
      "the cell calls show( but no output arrived. Await every show(...), and show something on every way through the cell.",
    );
  }
}

/**
 * Why `source` does not compile, with its line; undefined if it does. The kernel answers such a cell only with
 * "Execution failed", so the formatter's parser is asked.
 */
async function syntaxError(source: string): Promise<string | undefined> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ts", "--no-config", "-"],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { success, stderr } = await child.output();
  if (success) return undefined;
  const text = new TextDecoder().decode(stderr);
  const [, reason] = /SyntaxError: (.+)/.exec(text) ?? [];
  const [, line] = /:(\d+):\d+$/m.exec(text) ?? [];
  return reason && line ? `SyntaxError: ${reason}, in line ${line} of the cell.` : undefined;
}

function firstLine(source: string): string {
  const line = source.split("\n").find((line) => line.trim() !== "") ?? "";
  return line.trim().slice(0, 60);
}

function seconds(ms: number): string {
  if (ms >= 90_000) return `${Math.round(ms / 60_000)} min`;
  return `${ms >= 9_950 ? Math.round(ms / 1000) : (ms / 1000).toFixed(1)} s`;
}
