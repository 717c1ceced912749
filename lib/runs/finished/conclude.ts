/** The end of a run: from the trained model to its record, predictions, timing and curve. */
import type { SplitName } from "../../glue/mod.ts";
import {
  type Backbone,
  exitLogits,
  firstLayersPath,
  type Method,
  type OffRamps,
  type Outcome,
  predictAll,
  predictionOf,
} from "../../methods/mod.ts";
import type { Interruption } from "../../train/mod.ts";
import { loadAverage, machine, peakMemoryMb, versions } from "../records/environment.ts";
import { keyOf } from "../grid/grid.ts";
import {
  commonestPath,
  meanFlops,
  metricsOf,
  pathSummary,
  predictionRows,
  shuffledPaths,
} from "../records/outcome.ts";
import {
  type CurveLine,
  type PredictionRow,
  type RunRecord,
  schemaVersion,
  type TimingRecord,
} from "../records/record.ts";
import {
  entryOf,
  type OnPaths,
  parentOf,
  recordedRecipe,
  type Selection,
  type Stages,
} from "../methods/mod.ts";
import type { Model } from "../models.ts";
import { openPasses } from "../unfinished/passes.ts";
import { stateFile } from "../unfinished/resume_state.ts";
import type { Run } from "../unfinished/run.ts";
import { runName, type ScoredRows } from "../records/store.ts";
import { encodeExamples, labelledSplit } from "../sources/task_data.ts";

/** A model as its training left it. */
export interface Trained extends Model {
  method: Method;
  stages: Stages;
  selection: Selection;
}

/** Scores the trained model on dev. Returns the record and the rows it was computed from. Throws `Stopped`. */
export async function evaluated(run: Run, trained: Trained) {
  const { request, sources: { task, weights, config }, data, context } = run;
  const { backbone, parts: { planner, offRamps }, method, selection } = trained;
  const pass = await openPasses(stateFile(run, "evaluation", "json"), context);
  const outcome = await predictAll(backbone, task.kind, data.dev, () => method, pass("dev"));
  const rows = predictionRows(task, data.devExamples, outcome);
  const mismatched = data.mismatched && predictionRows(
    task,
    data.mismatched.examples,
    await predictAll(backbone, task.kind, data.mismatched.encoded, () => method, pass("mismatched")),
  );
  const test = await tested(run, trained, pass);
  const key = keyOf(request), onPaths = entryOf(request.method).onPaths?.(trained, run.recipe);
  const record: RunRecord = {
    schemaVersion,
    ...key,
    parent: parentName(run),
    recipe: recordedRecipe(request),
    recipeHash: run.hash,
    backend: context.backend.name,
    blas: context.backend.blas,
    ...(context.backend.simd ? { simd: context.backend.simd } : {}),
    data: data.summary,
    weights,
    metrics: metricsOf(task, rows, mismatched),
    ...(test ? { test: metricsOf(task, test.rows, test.mismatched) } : {}),
    path: pathSummary(outcome.paths, config.numLayers),
    ...(onPaths ? { controls: await controls(run, backbone, onPaths, outcome, pass) } : {}),
    ...(offRamps ? { exitScores: await exitScores(run, backbone, offRamps, pass("exits")) } : {}),
    selection,
    flops: meanFlops(config, task, data.dev, outcome.paths, {
      gates: planner ? config.numLayers : 0,
      exits: offRamps !== undefined,
    }),
    provenance: run.provenance,
  };
  return { record, rows, mismatched, test };
}

/** Predictions of the test split; null where its labels are not known. */
async function tested(
  { sources, recipe }: Run,
  { backbone, method }: Trained,
  pass: (name: string) => Interruption,
): Promise<ScoredRows | null> {
  const { task, wordPiece } = sources;
  const predicted = async (name: SplitName): Promise<PredictionRow[] | null> => {
    const split = sources.answers && task.splits[name] ? await labelledSplit(sources, name) : null;
    if (!split) return null;
    const encoded = encodeExamples(wordPiece, split.examples, recipe.maxLength);
    const outcome = await predictAll(backbone, task.kind, encoded, () => method, pass(name));
    return predictionRows(task, split.examples, outcome);
  };
  const rows = await predicted("test");
  return rows && { rows, mismatched: await predicted("test-mm") };
}

function parentName({ request }: Run): string | null {
  const parent = parentOf(request);
  if (!parent) return null;
  const { method, setting, seed } = keyOf(parent);
  return runName(method, setting, seed);
}

/** Does routing matter? The same model with other inputs' paths, with its commonest path for all, and with every layer. */
async function controls(
  run: Run,
  backbone: Backbone,
  onPaths: OnPaths,
  { paths }: Outcome,
  pass: (name: string) => Interruption,
): Promise<Record<string, number | string>> {
  const { sources: { task, config }, data, request } = run;
  const score = async (name: string, given: string[]) => {
    const methodFor = (rows: number[]) => onPaths(rows.map((row) => given[row]));
    const controlled = await predictAll(backbone, task.kind, data.dev, methodFor, pass(name));
    return metricsOf(task, predictionRows(task, data.devExamples, controlled), null).score;
  };
  const { path, share } = commonestPath(paths), everyLayer = "1".repeat(config.numLayers);
  return {
    shuffledPathsScore: await score("shuffled", shuffledPaths(paths, request.seed)),
    commonestPath: path,
    commonestPathShare: share,
    commonestPathScore: await score("commonest", paths.map(() => path)),
    everyLayerScore: await score("everyLayer", paths.map(() => everyLayer)),
  };
}

/** What each layer knows: the score of its exit, were it every input's; the last is the backbone's own head. */
async function exitScores(
  { sources: { task, config: { numLayers } }, data }: Run,
  backbone: Backbone,
  offRamps: OffRamps,
  interruption: Interruption,
): Promise<number[]> {
  const exits = await exitLogits(backbone, offRamps, task.kind, data.dev, interruption);
  return Array.from({ length: numLayers }, (_, layer) => {
    const predictions = exits.map((logits) => predictionOf(logits[layer], task.kind));
    const paths = exits.map(() => firstLayersPath(layer + 1, numLayers));
    return metricsOf(task, predictionRows(task, data.devExamples, { predictions, paths }), null).score;
  });
}

/** What the clock and this machine say of the run; its latency is measured later. */
export const timingOf = (
  { request, context }: Pick<Run, "request" | "context">,
  stages: Stages,
): TimingRecord => ({
  schemaVersion,
  ...keyOf(request),
  seconds: Object.fromEntries(
    Object.entries(stages).map(([name, { seconds }]) => [name, Number(seconds.toFixed(1))]),
  ),
  peakMemoryMb: peakMemoryMb(),
  machine: machine(),
  adapter: context.backend.adapter,
  versions: versions(),
  load: loadAverage(),
});

/** Five significant digits of every number: a curve is looked at, not computed with. */
export function curveOf(stages: Stages): CurveLine[] {
  const short = (x: number) => Number(x.toPrecision(5));
  return Object.entries(stages).flatMap(([stage, { curve, evaluations }]) =>
    curve.map(({ step, ...numbers }) => {
      const evaluation = evaluations.find((one) => one.step === step);
      const heldOut = evaluation
        ? {
          heldOutScore: short(evaluation.score),
          ...(typeof evaluation.meanExecutedLayers === "number"
            ? { heldOutLayers: short(evaluation.meanExecutedLayers) }
            : {}),
        }
        : {};
      const shortened = Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, short(x)]));
      return { stage, step, ...shortened, ...heldOut } as CurveLine;
    })
  );
}
