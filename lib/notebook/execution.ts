/** What executing a notebook means, whoever runs its cells: the copy without outputs, its progress, the check of each cell. */
import { InputError } from "../errors.ts";
import { callsShow, type CodeCell, type Notebook, notebookMetadata, type Output } from "./document.ts";
import type { Reply } from "./session.ts";

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
  /** Added to the environment of this process. */
  env?: Record<string, string>;
  /** Called when a cell starts, when a display in it is updated (training progress) and when it has finished. */
  onProgress?: (progress: CellProgress) => void;
  /** Limit for each cell; none by default (training takes as long as it takes). */
  cellTimeoutMs?: number;
  /** Ends the notebook early: a cell that trains stops by itself, any other one is cut off after a few seconds. */
  stop?: AbortSignal;
  /** Milliseconds since some start; used for progress only. */
  now?: () => number;
}

/** The notebook without outputs and without anything that changes from run to run or machine to machine. */
export function clearedCopy(document: Notebook): Notebook {
  const cells = document.cells.map((cell) => {
    const { execution: _timing, ...metadata } = cell.metadata;
    return cell.cell_type === "code"
      ? { ...cell, metadata, execution_count: null, outputs: [] as Output[] }
      : { ...cell, metadata };
  });
  return { ...document, cells, metadata: { ...document.metadata, ...notebookMetadata() } };
}

/** The cells that are executed, in order. */
export function executedCells(document: Notebook): CodeCell[] {
  return document.cells.filter((cell) =>
    cell.cell_type === "code" && cell.source.trim() !== ""
  ) as CodeCell[];
}

/** Reports the progress of `cells` of the notebook `name`; cells are counted from 1. */
export function progressOf(name: string, cells: CodeCell[], { onProgress, now }: ExecuteOptions) {
  const clock = now ?? (() => performance.now());
  let started = 0, cellStarted = 0;
  const report = (state: CellProgress["state"], cell: number, note = "") => {
    const head = `[${cell}/${cells.length}] ${name}: ${firstLine(cells[cell - 1].source)}`;
    const line = note ? `${head} … ${note}` : head;
    onProgress?.({ state, notebook: name, cell, cells: cells.length, line });
  };
  return {
    started(cell: number): void {
      report("started", cell);
      cellStarted = clock();
      if (cell === 1) started = cellStarted;
    },
    updated: (cell: number, text: string) => report("updated", cell, text.split("\n")[0]),
    finished(cell: number): void {
      const ended = clock(), left = ((ended - started) / cell) * (cells.length - cell);
      report(
        "finished",
        cell,
        seconds(ended - cellStarted) + (left > 0 ? `, about ${seconds(left)} left` : ""),
      );
    },
  };
}

/** Throws `InputError` if the cell failed or if what it shows did not arrive. Keeps an error output in any case. */
export async function checkCell(cell: CodeCell, reply: Reply): Promise<void> {
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
