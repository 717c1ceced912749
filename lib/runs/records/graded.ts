/** The dev rows of finished micro runs beside what micro-GLUE knows of each: how hard it is, and how long. */
import { InputError } from "../../errors.ts";
import { splitFile, taskById } from "../../glue/mod.ts";
import { inputTokens, microDev } from "../../micro/mod.ts";
import type { PredictionRow, RunRecord } from "./record.ts";
import { readPredictions } from "./store.ts";

/** A dev row with its prediction, its path and its difficulty by construction. */
export interface GradedRow extends PredictionRow {
  level: number;
  /** Tokens of the input, [CLS] and [SEP] included. */
  tokens: number;
}

/** A run and its dev rows. */
export interface GradedRun {
  record: RunRecord;
  rows: GradedRow[];
}

/**
 * The runs of `records` that are of the micro profile, with their rows. Throws `InputError` for predictions that are
 * missing or broken, and for a run on other rows than the generators make now: their levels are not known.
 */
export async function readGraded(resultsDir: string, records: readonly RunRecord[]): Promise<GradedRun[]> {
  const known = new Map<string, ReturnType<typeof microDev>>();
  const graded: GradedRun[] = [];
  for (const record of records) {
    if (record.profile !== "micro") continue;
    if (!known.has(record.task)) known.set(record.task, microDev(record.task));
    graded.push({
      record,
      rows: gradedRows(record, await readPredictions(resultsDir, record), known.get(record.task)!),
    });
  }
  return graded;
}

function gradedRows(
  record: RunRecord,
  rows: readonly PredictionRow[],
  { examples, sha256 }: ReturnType<typeof microDev>,
): GradedRow[] {
  const { task, method, setting, seed } = record, { file } = splitFile(taskById(task), "dev");
  if (record.data.sha256[file] !== sha256 || rows.length !== examples.length) {
    throw new InputError(
      `The record of ${
        [task, method, setting].filter(Boolean).join(" ")
      }, seed ${seed}, is of other dev rows than ` +
        "micro-GLUE's generators make now, so their difficulty is not known. Train it again with --fresh.",
    );
  }
  return rows.map((row) => ({
    ...row,
    level: examples[row.id].level,
    tokens: inputTokens(examples[row.id]),
  }));
}
