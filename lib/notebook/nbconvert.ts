/**
 * The same as kernel.ts through Jupyter: `jupyter nbconvert --execute`, whose notebook is then brought into the form of
 * ours, so that both ways give the same bytes.
 */
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import { makeTemporaryFolder } from "../files/temporary.ts";
import { type CodeCell, readNotebook, writeNotebook } from "./document.ts";
import { checkCell, clearedCopy, executedCells, type ExecuteOptions, progressOf } from "./execution.ts";
import type { Jupyter } from "./jupyter.ts";
import { followLines } from "./lines.ts";
import { applyMessage } from "./outputs.ts";
import { sendSignal } from "./signal.ts";

/** How long nbconvert may take to end its kernel after it was asked to stop. */
const stopMs = 5000;

/**
 * As `executeNotebook`, by `jupyter`'s nbconvert with the kernel named `deno`. Displays report no updates, and of a cell
 * in which the kernel died or was stopped nothing is kept.
 */
export async function executeWithJupyter(jupyter: Jupyter, options: ExecuteOptions): Promise<void> {
  const executed = clearedCopy(await readNotebook(options.notebook));
  const cells = executedCells(executed);
  const folder = await makeTemporaryFolder("dpbert-nbconvert-");
  try {
    const ending = await runNbconvert(jupyter, folder, cells, options);
    const found = await foundCells(folder, ending);
    try {
      await takeCells(cells, found, ending, basename(options.notebook));
    } finally {
      await writeNotebook(options.output, executed);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How nbconvert ended: the cells it started and got an answer for, and why it failed, if it did. */
interface Ending {
  started: number;
  finished: number;
  failure: string | null;
}

async function runNbconvert(
  jupyter: Jupyter,
  folder: string,
  cells: CodeCell[],
  options: ExecuteOptions,
): Promise<Ending> {
  const name = basename(options.notebook);
  if (options.stop?.aborted) throw new InputError(`${name}: stopped before its first cell.`);
  const child = spawnNbconvert(jupyter, folder, options);
  const progress = progressOf(basename(name, ".ipynb"), cells, options);
  const reached = { started: 0, finished: 0 };
  const said = followLines(child.stdout, (line) => {
    const [, state, count] = /^(started|finished) (\d+)$/.exec(line) ?? [];
    if (state !== "started" && state !== "finished") return;
    reached[state] = Number(count);
    progress[state](Number(count));
  });
  let [last, exception] = ["", ""]; // of its traceback; more text may follow the exception
  const errors = followLines(child.stderr, (line) => {
    last = line.trim();
    if (/^\w+(\.\w+)+: /.test(line)) exception = last;
  });
  const end = () => endChild(child);
  options.stop?.addEventListener("abort", end);
  try {
    const { success } = await Promise.race([child.status, said.done.then(() => child.status)]); // progress may throw
    // The kernel writes to the same pipes: one that outlives nbconvert would hold them open.
    await Promise.race([Promise.all([said.done, errors.done]), sleep(2000)]);
    if (success) return { started: cells.length, finished: cells.length, failure: null };
    return { ...reached, failure: reasonOf(exception || last, options) };
  } finally {
    options.stop?.removeEventListener("abort", end);
    await end();
    await said.stop();
    await errors.stop();
  }
}

function spawnNbconvert(jupyter: Jupyter, folder: string, options: ExecuteOptions): Deno.ChildProcess {
  const { notebook, env, cellTimeoutMs } = options;
  const timeout = cellTimeoutMs === undefined ? -1 : Math.ceil(cellTimeoutMs / 1000);
  try {
    return new Deno.Command(jupyter.command, {
      args: [
        ...["nbconvert", "--to=notebook", "--execute", resolve(notebook), `--output-dir=${folder}`],
        ...[
          "--output=executed.ipynb",
          `--config=${fileURLToPath(new URL("nbconvert_config.py", import.meta.url))}`,
        ],
        ...["--ExecutePreprocessor.kernel_name=deno", "--ExecutePreprocessor.record_timing=False"],
        `--ExecutePreprocessor.timeout=${timeout}`,
      ],
      env: { ...env, ...jupyter.env, NO_COLOR: "1", NBCONVERT_PARTIAL: join(folder, "partial.ipynb") },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new InputError(`Cannot start Jupyter (${jupyter.command}): ${(error as Error).message}.`);
  }
}

/** Asks nbconvert to end its kernel and itself; kills it when it does not. The kernel then ends by itself. */
async function endChild(child: Deno.ChildProcess): Promise<void> {
  sendSignal(child, "SIGINT");
  const timer = setTimeout(() => sendSignal(child, "SIGKILL"), stopMs);
  await child.status;
  clearTimeout(timer);
}

/** One sentence out of what nbconvert said last, in our words where we have them. */
function reasonOf(said: string, { cellTimeoutMs, stop }: ExecuteOptions): string {
  if (stop?.aborted) return "stopped in this cell";
  if (said.includes("DeadKernelError")) return "The notebook kernel died.";
  if (said.includes("CellTimeoutError")) {
    return `The cell was still running after ${cellTimeoutMs! / 1000} s (its time limit).`;
  }
  return said || "nbconvert gave no reason";
}

/** The code cells that nbconvert saved, or as far as it came. */
async function foundCells(folder: string, { finished, failure }: Ending): Promise<CodeCell[]> {
  if (failure !== null && finished === 0) return [];
  return executedCells(
    await readNotebook(join(folder, failure === null ? "executed.ipynb" : "partial.ipynb")),
  );
}

/**
 * Gives `cells` the outputs of those that nbconvert finished. Throws `InputError` at the first that failed, naming
 * notebook and cell.
 */
async function takeCells(cells: CodeCell[], found: CodeCell[], ending: Ending, name: string): Promise<void> {
  const { started, finished, failure } = ending;
  for (const [index, cell] of cells.slice(0, finished).entries()) {
    for (const output of found[index].outputs) {
      applyMessage(cell, new Map(), { header: { msg_type: output.output_type }, content: { ...output } });
    }
    cell.execution_count = index + 1;
    const failed = failure !== null && index + 1 === started;
    const reply = { status: failed ? "error" : "ok", ename: "", evalue: failure ?? "" } as const;
    await checkCell(cell, reply).catch((error) => {
      throw new InputError(`${name}, cell ${index + 1}: ${error.message}`);
    });
  }
  if (failure === null) return;
  if (started === 0) throw new InputError(`${name}: ${failure}`);
  cells[started - 1].outputs.push({ output_type: "error", ename: "Error", evalue: failure, traceback: [] });
  throw new InputError(`${name}, cell ${started}: ${failure}`);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
