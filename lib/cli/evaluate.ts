/**
 * `deno task evaluate --run <record or folder> [--split dev]`: a saved model's scores and paths on any split. A split
 * without labels gives predictions only, as a leaderboard file (`--out`).
 */
import { stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { writeAtomic } from "../files/atomic.ts";
import { readConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { leaderboardText } from "../glue/mod.ts";
import {
  evaluateRows,
  type EvaluationResult,
  type EvaluationRows,
  readRows,
  recordDifference,
} from "../runs/finished/evaluation.ts";
import { findSaved } from "../runs/finished/saved.ts";
import { openOnBackend } from "./predict.ts";
import { clock, progressPrinter } from "./progress.ts";

/** What `--help` prints. */
export const usage =
  "deno task evaluate --run <record or folder> [--task <id>] [--split dev|dev-mm|train|test|test-mm] " +
  "[--glue-dir <folder>] [--json] [--out <predictions.tsv>]";

/** Examples in a batch of `predictAll`, which decides the backend where `auto` measures. */
const batchSize = 32;

/** See the file's first lines. Results alone on stdout; warnings and progress on stderr. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      run: { type: "string" },
      task: { type: "string" },
      split: { type: "string", default: "dev" },
      "glue-dir": { type: "string" },
      json: { type: "boolean", default: false },
      out: { type: "string" },
    },
  });
  if (!values.run) throw new InputError(`evaluate needs --run. Usage: ${usage}`);
  const saved = await findSaved(values.run);
  const glueDir = values["glue-dir"], wanted = { split: values.split, task: values.task, glueDir };
  if (glueDir !== undefined && !(await stat(glueDir).catch(() => null))?.isDirectory()) {
    throw new InputError(`--glue-dir ${glueDir} is no folder; expected the one that holds CoLA, MRPC, ...`);
  }
  const rows = await readRows(wanted, saved.record, readConfig());
  await checkOut(rows, values.out);
  const { backend, model } = await openOnBackend(saved, batchSize);
  const progress = evaluationProgress(rows.rows.examples.length);
  const result = await evaluateRows(model, rows, progress.rows);
  if (values.out) await writeAtomic(values.out, leaderboardText(rows.task, result.predictions));
  const difference = recordDifference(rows, result, saved.record);
  for (const warning of [...rows.warnings, ...(difference ? [difference] : [])]) {
    progress.note(`warning: ${warning}`);
  }
  progress.end();
  const shown = { rows, result, out: values.out ?? null, backend: backend.name, blas: backend.blas };
  console.log(values.json ? JSON.stringify(resultObject(shown)) : resultText(shown));
  return 0;
}

/** Refuses before the work what could not be kept after it. */
async function checkOut({ task, split, labelled }: EvaluationRows, out: string | undefined): Promise<void> {
  if (!labelled && out === undefined) {
    throw new InputError(
      `${task.title}'s ${split} split has no labels, so there is no score; name a file for its predictions with --out.`,
    );
  }
  if (out !== undefined && (await stat(out).catch(() => null))?.isDirectory()) {
    throw new InputError(`--out ${out} is a folder; name a file.`);
  }
}

interface Shown {
  rows: EvaluationRows;
  result: EvaluationResult;
  out: string | null;
  backend: string;
  blas: string | null;
}

/** For programs. */
export function resultObject({ rows, result, out, backend, blas }: Shown): Record<string, unknown> {
  return {
    task: rows.task.id,
    split: rows.split,
    n: result.predictions.length,
    metrics: result.metrics,
    ...result.path,
    data: { file: rows.rows.file, sha256: rows.rows.sha256 },
    backend,
    blas,
    out,
  };
}

/** For people. */
export function resultText(
  { rows, result: { metrics, path, predictions }, out, backend, blas }: Shown,
): string {
  const scores = Object.entries(metrics ?? {}).map(([name, value]) => [name, value.toFixed(2)]);
  const lines = [
    [
      `${rows.task.title} ${rows.split}`,
      `${predictions.length} examples, on ${backend}${blas ? ` with ${blas}` : ""}`,
    ],
    ...(metrics ? scores : [["score", "none: this split has no labels"]]),
    ["layers executed", `${path.meanExecutedLayers.toFixed(2)} of ${path.numLayers}`],
    ["share per layer", path.executedShare.map((share) => share.toFixed(2)).join(" ")],
    ["distinct paths", `${path.distinctPaths}`],
    ...(out ? [["predictions", out]] : []),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}

const plainEveryMs = 15_000;

/** How far an evaluation is, on stderr: a line that is overwritten on a terminal, else one now and then. */
export function evaluationProgress(total: number, now: () => number = () => performance.now()) {
  const printer = progressPrinter(now), started = now();
  let printed = started;
  return {
    rows(done: number): void {
      const left = done > 0 ? clock((now() - started) / 1000 / done * (total - done)) : "?";
      const line = `${done} of ${total} examples, ${left} left`;
      printer.live(line);
      if (Deno.stderr.isTerminal() || now() - printed < plainEveryMs) return;
      printed = now();
      printer.note(line);
    },
    note: printer.note,
    end(): void {
      if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[2K"));
    },
  };
}
