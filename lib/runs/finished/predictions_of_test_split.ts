/**
 * What a finished run predicts on its task's test split: what it kept, where it knew the labels and so has a test score,
 * else what its saved model says now.
 */
import type { Config } from "../../config.ts";
import { InputError } from "../../errors.ts";
import { parsePrediction, type SplitName, taskById } from "../../glue/mod.ts";
import { evaluateRows, readRows } from "./evaluation.ts";
import { keyOf, type RunRequest } from "../grid/grid.ts";
import { disposeModel } from "../models.ts";
import type { PredictionRow, RunRecord } from "../records/record.ts";
import { findSaved, type SavedRun } from "./saved.ts";
import type { SavedModel } from "./saved_model.ts";
import { findRecord, readTestPredictions, runName, runPaths, type ScoredRows } from "../records/store.ts";
import { labelledSplit, openSources } from "../sources/task_data.ts";

/** A finished run that can be asked. */
export interface TestedRun {
  record: RunRecord;
  /** Where its record lies. */
  file: string;
  /** What it kept, or its model. */
  answers: { kept: ScoredRows } | { saved: SavedRun };
}

/**
 * The run that `request` names, in the first of the results folders that has it; null where none has. Throws `InputError`
 * for a broken file, and for a run that kept no predictions and whose weights are gone.
 */
export async function findTested(
  request: RunRequest,
  resultsDirs: readonly string[],
): Promise<TestedRun | null> {
  for (const resultsDir of resultsDirs) {
    const record = await findRecord(resultsDir, keyOf(request));
    if (!record) continue;
    const file = runPaths(resultsDir, record).record, kept = await readTestPredictions(resultsDir, record);
    return { record, file, answers: kept ? { kept } : { saved: await findSaved(file) } };
  }
  return null;
}

/** What asking a model needs. */
export interface AskOptions {
  config: Config;
  open(saved: SavedRun): Promise<SavedModel>;
  /** Rows that were answered, of so many. */
  onRows?(done: number, total: number): void;
}

/** The test predictions of one split, and the rows that the split has. */
export interface SplitPredictions {
  split: SplitName;
  /** Class index or value per row. */
  values: number[];
  rows: number;
}

/**
 * The predictions of each test split of the run's task. Throws `InputError` for rows that are missing or broken, and
 * where the run's rows are not those that the generators make now.
 */
export async function testPredictions(run: TestedRun, options: AskOptions): Promise<SplitPredictions[]> {
  const task = taskById(run.record.task), splits = Object.keys(task.submissionFiles) as SplitName[];
  return "kept" in run.answers
    ? await keptPredictions(run.record, run.answers.kept, splits, options)
    : await modelPredictions(run.record, run.answers.saved, splits, options);
}

async function keptPredictions(
  record: RunRecord,
  { rows, mismatched }: ScoredRows,
  splits: SplitName[],
  { config }: AskOptions,
): Promise<SplitPredictions[]> {
  const sources = await openSources(record.profile, record.task, config), found: SplitPredictions[] = [];
  for (const split of splits) {
    const kept = split === "test" ? rows : mismatched ?? [], now = await labelledSplit(sources, split);
    if (!now || !isOfRows(kept, now.examples)) {
      const { task, method, setting, seed } = record;
      throw new InputError(
        `The ${split} predictions of ${
          runName(method, setting, seed)
        } on ${task} are for other rows than the ` +
          "generators make now. Train it again with --fresh.",
      );
    }
    const values = kept.map(({ prediction }) => parsePrediction(sources.task, prediction));
    found.push({ split, values, rows: now.examples.length });
  }
  return found;
}

const isOfRows = (kept: PredictionRow[], examples: { labelText: string | null }[]): boolean =>
  kept.length === examples.length &&
  kept.every(({ id, label }, row) => id === row && label === examples[row].labelText);

async function modelPredictions(
  record: RunRecord,
  saved: SavedRun,
  splits: SplitName[],
  { config, open, onRows }: AskOptions,
): Promise<SplitPredictions[]> {
  const all = [];
  for (const split of splits) all.push(await readRows({ split }, record, config)); // before the model is opened
  const model = await open(saved), found: SplitPredictions[] = [];
  try {
    for (const rows of all) {
      const total = rows.rows.examples.length;
      const { predictions } = await evaluateRows(model, rows, (done) => onRows?.(done, total));
      found.push({ split: rows.split, values: predictions, rows: total });
    }
    return found;
  } finally {
    disposeModel(model);
  }
}
