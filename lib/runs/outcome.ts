/** From predictions and paths to the numbers of a record. Scores are computed from the strings that the disk keeps. */
import { type BertConfig, pathFlops } from "../bert/mod.ts";
import {
  type EncodedExample,
  type Example,
  formatPrediction,
  parsePrediction,
  scoreMnli,
  scoreTask,
  shuffledOrder,
  type Task,
} from "../glue/mod.ts";
import { executedLayers, type Outcome } from "../methods/mod.ts";
import { random } from "../tensor/mod.ts";
import type { PredictionRow, RunRecord } from "./record.ts";
import { numOutputs } from "./sources.ts";

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

const mean = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0) / numbers.length;
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

/** Mean FLOPs of the examples at their true lengths, and of the full model on the same ones. `gates`: plan networks. */
export function meanFlops(
  config: BertConfig,
  task: Task,
  examples: EncodedExample[],
  paths: string[],
  gates: number,
) {
  const flops = (layersOf: (row: number) => number, gates: number) =>
    Math.round(
      mean(examples.map(({ tokenIds }, row) =>
        pathFlops(config, tokenIds.length, layersOf(row), numOutputs(task), gates)
      )),
    );
  return {
    meanPerExample: flops((row) => executedLayers(paths[row]), gates),
    fullPerExample: flops(() => config.numLayers, 0),
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
