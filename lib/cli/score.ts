/**
 * `deno task score --task cola --labels dev.tsv --predictions CoLA.tsv`: scores a leaderboard file, as one JSON object.
 * Instead of a dev file, `--labels` takes the answers of a generated test split (`answers/cola.tsv`).
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { InputError } from "../errors.ts";
import {
  isAnswers,
  parseAnswers,
  parseLeaderboard,
  readSplitFile,
  type Scored,
  scoreMnli,
  scoreTask,
  type Task,
  taskById,
} from "../glue/mod.ts";

/** What `--help` prints. */
export const usage = "deno task score --task <id> --labels <dev.tsv> --predictions <file.tsv> " +
  "[--labels-mm <dev_mismatched.tsv> --predictions-mm <file.tsv>]";

/** Prints `{ task, n, <components>, score }` (0-100) alone on stdout, warnings on stderr; returns the exit code. */
export async function run(args: string[]): Promise<number> {
  const result = await scoreFiles(args);
  result.warnings.forEach((warning) => console.error(`warning: ${warning}`));
  console.log(JSON.stringify(result.scores));
  return 0;
}

/** What `score` found. */
export interface ScoreResult {
  scores: Record<string, string | number>;
  warnings: string[];
}

/**
 * Scores the files that the options name. MNLI takes a second pair of files for its mismatched set.
 * Throws `InputError` for unknown or missing options, unreadable files, wrong rows, indices or labels.
 */
export async function scoreFiles(args: string[]): Promise<ScoreResult> {
  const options = parseOptions(args);
  const missing = ["task", "labels", "predictions"].filter((name) => !options[name]);
  if (missing.length > 0) throw new InputError(`Missing --${missing.join(", --")}. Usage: ${usage}`);
  const task = taskById(options.task!);
  const first = await readScored(task, options.labels!, options.predictions!, "dev");
  const head = { task: task.id, n: first.labels.length };
  if (task.id !== "mnli") {
    return {
      scores: { ...head, ...scoreTask(task, first.predictions, first.labels) },
      warnings: first.warnings,
    };
  }
  if (!options["labels-mm"]) {
    const { score } = scoreTask(task, first.predictions, first.labels);
    return { scores: { ...head, matched: score, score }, warnings: first.warnings };
  }
  const second = await readScored(task, options["labels-mm"], options["predictions-mm"]!, "dev-mm");
  return {
    scores: { ...head, nMismatched: second.labels.length, ...scoreMnli(task, first, second) },
    warnings: [...first.warnings, ...second.warnings],
  };
}

function parseOptions(args: string[]): Record<string, string | undefined> {
  const names = ["task", "labels", "predictions", "labels-mm", "predictions-mm"];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  let values: Record<string, string | undefined>;
  try {
    values = parseArgs({ args, options, strict: true }).values;
  } catch (error) {
    throw new InputError(`${(error as Error).message}. Usage: ${usage}`);
  }
  const both = ["labels-mm", "predictions-mm"].filter((name) => values[name]).length;
  if (both === 1 || (both === 2 && values.task !== "mnli")) {
    throw new InputError(`--labels-mm and --predictions-mm go together, with --task mnli. Usage: ${usage}`);
  }
  return values;
}

async function readScored(
  task: Task,
  labelsPath: string,
  predictionsPath: string,
  split: "dev" | "dev-mm",
): Promise<Scored & { warnings: string[] }> {
  const { labels, warnings } = await readLabels(task, labelsPath, split);
  const bytes = await bytesOf(predictionsPath, "a leaderboard file");
  const predictions = parseLeaderboard(task, bytes, predictionsPath);
  if (predictions.length !== labels.length) {
    throw new InputError(
      `${predictionsPath} has ${predictions.length} prediction(s), ${labelsPath} has ${labels.length} row(s); ` +
        "expected one prediction for each row.",
    );
  }
  return { predictions, labels, warnings };
}

async function readLabels(task: Task, path: string, split: "dev" | "dev-mm") {
  const bytes = await bytesOf(path, `a ${task.title} ${split} file`);
  if (isAnswers(bytes)) {
    return { labels: parseAnswers(task, split === "dev" ? "test" : "test-mm", bytes, path), warnings: [] };
  }
  // Anybody's subset may be scored: a row count that is not GLUE's is a warning, two files that differ an error.
  const { examples, warnings } = await readSplitFile(task, path, split);
  return { labels: examples.map((example) => example.label!), warnings };
}

async function bytesOf(path: string, expected: string): Promise<Uint8Array> {
  return await readFile(path).catch((error: { code?: string }) => {
    throw new InputError(`"${path}" cannot be read (${error.code}). Name ${expected}.`);
  });
}
