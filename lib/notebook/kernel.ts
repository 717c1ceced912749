/**
 * Runs a notebook from its first cell to its last through Deno's own kernel and saves the executed copy:
 * what `jupyter nbconvert --execute` does, with progress, a readable first error and the partial notebook kept.
 */
import { basename, dirname } from "node:path";
import { InputError } from "../errors.ts";
import { type Notebook, readNotebook, writeNotebook } from "./document.ts";
import { checkCell, clearedCopy, executedCells, type ExecuteOptions, progressOf } from "./execution.ts";
import { applyMessage, type DisplayIndex } from "./outputs.ts";
import { type Session, startSession } from "./session.ts";
import type { Message } from "./wire.ts";

/** How long a cell that was asked to stop may take to save its state. */
const stopMs = 5000;

/**
 * Executes `notebook` in its folder and saves the copy with its outputs at `output`. Outputs hold nothing that a clock
 * decides. Throws `InputError` naming notebook and cell at the first error, at a cell that calls `show(` and has no
 * output, when the kernel dies and when it is stopped; the copy then holds everything up to there, the error included.
 */
export async function executeNotebook(options: ExecuteOptions): Promise<void> {
  const executed = clearedCopy(await readNotebook(options.notebook));
  const session = await startSession({ cwd: dirname(options.notebook), env: options.env });
  const stopping = passOn(options.stop, session);
  try {
    await executeCells(session, stopping.cut, executed, options);
  } finally {
    stopping.end();
    await session.close();
  }
}

/** Presses the stop button when `stop` says so; `cut` rejects if the cell has not ended some seconds later. */
function passOn(stop: AbortSignal | undefined, session: Session): { cut: Promise<never>; end(): void } {
  const { promise: cut, reject } = Promise.withResolvers<never>();
  cut.catch(() => {}); // the cell may end before it is waited for
  let grace: ReturnType<typeof setTimeout> | undefined;
  const onStop = () => {
    session.interrupt();
    grace = setTimeout(() => reject(new InputError("stopped in this cell")), stopMs);
  };
  stop?.addEventListener("abort", onStop);
  return {
    cut,
    end() {
      stop?.removeEventListener("abort", onStop);
      clearTimeout(grace);
    },
  };
}

async function executeCells(
  session: Session,
  cut: Promise<never>,
  document: Notebook,
  options: ExecuteOptions,
): Promise<void> {
  const cells = executedCells(document);
  const name = basename(options.notebook, ".ipynb");
  const progress = progressOf(name, cells, options);
  const displays: DisplayIndex = new Map();
  for (const [index, cell] of cells.entries()) {
    const place = index + 1;
    progress.started(place);
    const onOutput = (message: Message) => {
      applyMessage(cell, displays, message);
      const text = (message.content.data as Record<string, unknown> | undefined)?.["text/plain"];
      if (message.header.msg_type === "update_display_data" && text) progress.updated(place, String(text));
    };
    try {
      if (options.stop?.aborted) throw new InputError("stopped before this cell");
      const reply = await Promise.race([session.execute(cell.source, onOutput, options.cellTimeoutMs), cut]);
      cell.execution_count = place;
      await checkCell(cell, reply);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (!cell.outputs.some((output) => output.output_type === "error")) {
        cell.outputs.push({ output_type: "error", ename: "Error", evalue: error.message, traceback: [] });
      }
      throw new InputError(`${name}.ipynb, cell ${place}: ${error.message}`);
    } finally {
      await writeNotebook(options.output, document); // after every cell: also a killed run leaves what it had
    }
    progress.finished(place);
  }
}
