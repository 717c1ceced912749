/** Made-up studies for the tests of this room: few rows, scores that can be counted by hand. */
import { scoreTask } from "../../glue/metrics.ts";
import { parsePrediction } from "../../glue/predictions.ts";
import { taskById } from "../../glue/tasks.ts";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import type { GradedRun } from "../../runs/records/graded.ts";
import type { RunRecord, TimingRecord } from "../../runs/records/record.ts";
import { settingSlug } from "../../runs/records/store.ts";
import type { StudyRecord } from "./filling.ts";
import { mean } from "../statistics.ts";
import { type Study, studyOf } from "./study.ts";

/** A run of 20 rows. */
export interface MadeUpRun {
  method: string;
  /** SST-2 unless said otherwise. */
  task?: string;
  settings?: Record<string, string | number>;
  seed?: number;
  /** How many rows, the first ones, are predicted rightly; the labels alternate. */
  right: number;
  /** One for all rows, or one per row. */
  path: string | string[];
  speedup?: number;
  /** Steps of its own training; 0 unless given. */
  steps?: number;
  /** Name of the run it starts from; that of `exampleRecord` unless given. */
  parent?: string | null;
  controls?: RunRecord["controls"];
  test?: number;
  /** Its score on held-out rows; not known unless set. */
  heldOut?: number;
  /** Set where it was not run here. */
  origin?: StudyRecord["origin"];
}

const count = 20;

/** Rows 0-4 are of level 0, 5-9 of level 1 and so on; inputs have 10 tokens. */
const levelOf = (row: number) => Math.floor(row / 5);

function gradedRun(run: MadeUpRun): GradedRun {
  const { method, task: id = "sst-2", settings = {}, seed = 0, right, controls, test, parent } = run,
    task = taskById(id);
  const labels = task.kind === "regression" ? ["1.000", "4.000"] : task.labels;
  const rows = Array.from({ length: count }, (_, row) => {
    const label = labels[row % 2], wrong = labels[(row + 1) % 2];
    const path = typeof run.path === "string" ? run.path : run.path[row];
    return { id: row, label, prediction: row < right ? label : wrong, path, level: levelOf(row), tokens: 10 };
  });
  const [predictions, truths] = [rows.map((row) => row.prediction), rows.map((row) => row.label)]
    .map((texts) => texts.map((text) => parsePrediction(task, text)));
  const metrics = scoreTask(task, predictions, truths) as RunRecord["metrics"];
  const executedShare = [...rows[0].path].map((_, layer) =>
    mean(rows.map(({ path }) => Number(path[layer])))
  );
  const meanExecutedLayers = executedShare.reduce((sum, share) => sum + share, 0);
  const numLayers = executedShare.length, paths = new Set(rows.map(({ path }) => path));
  const made = exampleRecord({
    profile: "micro",
    task: id,
    method,
    setting: settingSlug(settings),
    seed,
    ...parent === undefined ? {} : { parent },
    recipe: settings,
    data: { ...exampleRecord().data, rows: { "dev.tsv": count } },
    metrics: id === "mnli" ? { ...metrics, matched: metrics.score, mismatched: metrics.score - 1 } : metrics,
    ...test === undefined ? {} : { test: { score: test } },
    path: { meanExecutedLayers, numLayers, executedShare, distinctPaths: paths.size },
    controls,
    selection: { rule: "best held-out score", step: 200, heldOutScore: run.heldOut ?? null },
    flops: { meanPerExample: 300 * meanExecutedLayers / numLayers, fullPerExample: 300 },
  });
  return { record: withOrigin(made, run), rows };
}

const withOrigin = <T extends object>(made: T, { origin }: MadeUpRun) => origin ? { ...made, origin } : made;

function timingOf({ record }: GradedRun, speedup: number): TimingRecord {
  const { profile, task, method, setting, seed } = record;
  const latency = {
    meanMs: 12 / speedup,
    medianMs: 12 / speedup,
    p90Ms: 14,
    n: 20,
    fullMeanMs: 12,
    fullMedianMs: 12,
    speedup,
    batchSize: 1 as const,
    load: 0,
  };
  return exampleTiming({ profile, task, method, setting, seed, latency });
}

/** The study of such runs; those with a `speedup` were timed. */
export function exampleStudy(runs: readonly MadeUpRun[]): Study {
  const graded = runs.map(gradedRun);
  const timings = runs.flatMap(({ speedup }, at) =>
    speedup ? [withOrigin(timingOf(graded[at], speedup), runs[at])] : []
  );
  const rows = new Map(graded.map((run) => [run.record, run.rows]));
  const steps = new Map(graded.map(({ record }, at) => [record, runs[at].steps ?? 0]));
  return studyOf("micro", { records: graded.map(({ record }) => record), timings, rows, steps, graded });
}

/** A path of six layers that executes the first `layers`. */
export const firstOf6 = (layers: number): string => "1".repeat(layers) + "0".repeat(6 - layers);
