/** A saved model on any split of a task: scores, paths, and predictions as GLUE writes them. */
import type { Config } from "../../config.ts";
import { InputError } from "../../errors.ts";
import { readSplit, type Split, type SplitName, type Task, taskById } from "../../glue/mod.ts";
import { predictAll } from "../../methods/mod.ts";
import { metricsOf, pathSummary, predictionRows } from "../records/outcome.ts";
import type { RunRecord } from "../records/record.ts";
import type { SavedModel } from "./saved_model.ts";
import type { Sources } from "../sources/sources.ts";
import { encodeExamples, labelledSplit, openSources } from "../sources/task_data.ts";
import { requireGlueDir } from "../sources/glue.ts";
import { generatesRows } from "../grid/profiles.ts";
import { basename } from "node:path";

/** Rows to be scored. */
export interface EvaluationRows {
  task: Task;
  split: SplitName;
  rows: Split;
  /** False where labels are not known (GLUE's test sets; those of generated rows are). */
  labelled: boolean;
  /** What is unusual: rows dropped, other data than the record's. */
  warnings: string[];
}

/** What names rows: by default those of the run's own task and profile. */
export interface RowsWanted {
  split: string;
  task?: string;
  glueDir?: string;
}

/**
 * Reads the rows of a split: generated ones for a run of a profile that generates them, else GLUE's. Throws `InputError`
 * for an unknown task or split, for missing or broken files, and where no task is named.
 */
export async function readRows(
  { split: name, task: taskId, glueDir }: RowsWanted,
  record: RunRecord | null,
  config: Config,
): Promise<EvaluationRows> {
  const id = taskId ?? record?.task;
  if (!id) throw new InputError("This model has no record that names its task; name one with --task.");
  const task = taskById(id), split = name as SplitName;
  const generating = record && generatesRows(record.profile) && glueDir === undefined ? record.profile : null;
  const rows = generating === null
    ? await readSplit(task, requireGlueDir({ glueDir: glueDir ?? config.glueDir }, task), split)
    : await generatedRows(await openSources(generating, task.id, config), split);
  const file = basename(rows.file), recorded = record?.task === id ? record.data.sha256[file] : undefined;
  const differs = recorded !== undefined && recorded !== rows.sha256;
  const warning = `${rows.file} is not the file that the record was made with (its sha256 differs).`;
  return {
    task,
    split,
    rows,
    labelled: rows.examples[0].label !== null,
    warnings: [...rows.warnings, ...(differs ? [warning] : [])],
  };
}

/** With their labels where the generator knows them. */
const generatedRows = async (sources: Sources, split: SplitName) =>
  await labelledSplit(sources, split) ?? await sources.split(split);

/** What a model makes of the rows. */
export interface EvaluationResult {
  /** Times 100; null without labels. */
  metrics: Record<string, number> | null;
  path: RunRecord["path"];
  /** Class index or value per row. */
  predictions: number[];
}

/** Runs the model over the rows. `onRows` hears how many are done. Throws `InputError` where the two do not fit. */
export async function evaluateRows(
  model: SavedModel,
  { task, split, rows: { examples }, labelled }: EvaluationRows,
  onRows: (done: number) => void = () => {},
): Promise<EvaluationResult> {
  checkClasses(model, task);
  const { backbone, method, wordPiece, maxLength } = model;
  const encoded = encodeExamples(wordPiece, examples, maxLength);
  let done = 0;
  const outcome = await predictAll(backbone, task.kind, encoded, (rows) => {
    onRows(done);
    done += rows.length;
    return method;
  });
  // Scored from the strings that GLUE's files hold, as the record is.
  const metrics = labelled ? metricsOf(task, predictionRows(task, examples, outcome), null) : null;
  return {
    metrics: metrics && task.id === "mnli"
      ? { [mnliNames[split] ?? "accuracy"]: metrics.score, score: metrics.score }
      : metrics,
    path: pathSummary(outcome.paths, backbone.config.numLayers),
    predictions: outcome.predictions,
  };
}

/** Names of MNLI's scores, as its records have them. */
const mnliNames: Partial<Record<SplitName, string>> = { dev: "matched", "dev-mm": "mismatched" };

/** A model's outputs are counted through; their names must be the task's, in its order, or say nothing. */
function checkClasses({ labels }: SavedModel, { title, classNames }: Task): void {
  const plain = (name: string) => name.toLowerCase();
  const nameless = labels.every((label) => /^label_\d+$/i.test(label)) && labels.length === classNames.length;
  if (nameless || labels.map(plain).join("\n") === classNames.map(plain).join("\n")) return;
  const shown = (names: readonly string[]) => names.length > 0 ? names.join(", ") : "one number";
  throw new InputError(`The model answers ${shown(labels)}; ${title} expects ${shown(classNames)}.`);
}

/** Says where scores on the record's own rows are not the record's; null where they are, or cannot be compared. */
export function recordDifference(
  { task, rows }: EvaluationRows,
  { metrics }: EvaluationResult,
  record: RunRecord | null,
): string | null {
  const sameRows = record?.task === task.id && record.data.sha256[basename(rows.file)] === rows.sha256;
  if (!record || !metrics || !sameRows) return null;
  // A record has no scores of train; `score` follows from its components, and is of MNLI's first dev set only.
  const components = Object.keys(metrics).filter((name) => name !== "score" && name in record.metrics);
  const other = components.find((name) => metrics[name] !== record.metrics[name]);
  if (basename(rows.file).startsWith("train") || other === undefined) return null;
  return `The record says ${other} ${record.metrics[other]}, this is ${
    metrics[other]
  }: another backend, BLAS or processor than the record's, or other weights.`;
}
