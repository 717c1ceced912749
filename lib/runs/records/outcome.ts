/** From predictions and paths to the numbers of a record. Scores are computed from the strings that the disk keeps. */
import { type BertConfig, headFlops, pathFlops } from "../../bert/mod.ts";
import {
  type EncodedExample,
  type Example,
  formatPrediction,
  parsePrediction,
  scoreMnli,
  scoreTask,
  shuffledOrder,
  type Task,
} from "../../glue/mod.ts";
import { mean } from "../../mean.ts";
import { executedLayers, type Outcome } from "../../methods/mod.ts";
import { random } from "../../tensor/mod.ts";
import type { PredictionRow, RunRecord } from "./record.ts";
import { numOutputs } from "../sources/sources.ts";

/** One row per example: label and prediction as GLUE writes them. */
export function predictionRows(
  task: Task,
  examples: Example[],
  { predictions, paths }: Outcome,
): PredictionRow[] {
  return examples.map((example, row) => ({
    id: example.index,
    label: example.labelText!,
    prediction: formatPrediction(task, predictions[row]),
    path: paths[row],
  }));
}

const values = (task: Task, rows: PredictionRow[]) => ({
  predictions: rows.map(({ prediction }) => parsePrediction(task, prediction)),
  labels: rows.map(({ label }) => parsePrediction(task, label)),
});

/** Metrics of dev rows (and MNLI's second set). */
export function metricsOf(task: Task, rows: PredictionRow[], mismatched: PredictionRow[] | null) {
  const matched = values(task, rows);
  return (mismatched
    ? scoreMnli(task, matched, values(task, mismatched))
    : scoreTask(task, matched.predictions, matched.labels)) as RunRecord["metrics"];
}

/** Six digits: enough to compare, few enough to read. */
const rounded = (x: number) => Number(x.toFixed(6));

/** The path summary of a record. */
export function pathSummary(paths: string[], numLayers: number): RunRecord["path"] {
  const executedShare = Array.from(
    { length: numLayers },
    (_, layer) => rounded(mean(paths.map((path) => Number(path[layer])))),
  );
  return {
    meanExecutedLayers: rounded(mean(paths.map(executedLayers))),
    numLayers,
    executedShare,
    distinctPaths: new Set(paths).size,
  };
}

/** What a path costs beside its layers and one head. */
export interface PathCosts {
  /** Plan networks, each asked once. */
  gates: number;
  /** Whether every executed layer ends in an exit's head. */
  exits: boolean;
}

/** Mean FLOPs of the examples at their true lengths, and of the full model on the same ones. */
export function meanFlops(
  config: BertConfig,
  task: Task,
  examples: EncodedExample[],
  paths: string[],
  { gates, exits }: PathCosts,
) {
  const flops = (of: (length: number, row: number) => number) =>
    Math.round(mean(examples.map(({ tokenIds }, row) => of(tokenIds.length, row))));
  const outputs = numOutputs(task), head = headFlops(config, outputs);
  return {
    meanPerExample: flops((length, row) => {
      const executed = executedLayers(paths[row]);
      return pathFlops(config, length, executed, outputs, gates) + (exits ? (executed - 1) * head : 0);
    }),
    fullPerExample: flops((length) => pathFlops(config, length, config.numLayers, outputs)),
  };
}

/** The most frequent path (the first of equals) and its share. */
export function commonestPath(paths: string[]): { path: string; share: number } {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1);
  const [path, count] = [...counts].reduce((most, entry) => entry[1] > most[1] ? entry : most);
  return { path, share: rounded(count / paths.length) };
}

/** The same paths, dealt to other examples: what is left of the score is what does not depend on routing. */
export function shuffledPaths(paths: string[], seed: number): string[] {
  return shuffledOrder(paths.length, random(seed, "shuffled paths")).map((at) => paths[at]);
}
