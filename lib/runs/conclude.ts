/** The end of a run: from the trained model to its record, predictions, timing and curve. */
import { bert, givenPaths, type Method, type Outcome, predictAll } from "../methods/mod.ts";
import type { Interruption, StageResult } from "../train/mod.ts";
import { loadAverage, machine, peakMemoryMb, versions } from "./environment.ts";
import { keyOf } from "./grid.ts";
import {
  commonestPath,
  meanFlops,
  metricsOf,
  pathSummary,
  predictionRows,
  shuffledPaths,
} from "./outcome.ts";
import { type CurveLine, type RunRecord, schemaVersion, type TimingRecord } from "./record.ts";
import { usedSettings } from "./recipe.ts";
import { openPasses } from "./passes.ts";
import { stateFile } from "./resume_state.ts";
import { parentOf, type Run, type Training } from "./run.ts";
import { runName } from "./store.ts";

/** How the kept parameters were chosen, for the record. */
function selectionOf(
  { request: { method }, recipe }: Run,
  stages: Record<string, StageResult>,
): RunRecord["selection"] {
  const { selected, evaluations } = stages.stage3 ?? stages.stage1;
  const last = evaluations.at(-1)!, kept = selected ?? last;
  const rule = method === "bert"
    ? "best held-out score of the evaluations"
    : `best held-out score among evaluations with mean layers within ${recipe.stage3.targetRate} + 0.05 of all, else the last step`;
  return {
    rule,
    step: kept.step,
    heldOutScore: kept.score,
    onTarget: kept.eligible,
    evaluations: evaluations.length,
  };
}

/** Scores the trained model on dev. Returns the record and the rows it was computed from. Throws `Stopped`. */
export async function evaluated(run: Run, training: Training) {
  const { request, sources: { task, weights, config }, data, context } = run;
  const { backbone, planner, method } = training;
  const pass = await openPasses(stateFile(run, "evaluation", "json"), context);
  const outcome = await predictAll(backbone, task.kind, data.dev, () => method, pass("dev"));
  const rows = predictionRows(task, data.devExamples, outcome);
  const mismatched = data.mismatched && predictionRows(
    task,
    data.mismatched.examples,
    await predictAll(backbone, task.kind, data.mismatched.encoded, () => method, pass("mismatched")),
  );
  const key = keyOf(request);
  const record: RunRecord = {
    schemaVersion,
    ...key,
    parent: request.method === "bert" ? null : parentName(run),
    recipe: usedSettings(request.method, run.recipe),
    recipeHash: run.hash,
    backend: context.backend.name,
    blas: context.backend.blas,
    ...(context.backend.simd ? { simd: context.backend.simd } : {}),
    data: data.summary,
    weights,
    metrics: metricsOf(task, rows, mismatched),
    path: pathSummary(outcome.paths, config.numLayers),
    ...(planner ? { controls: await controls(run, training, outcome, pass) } : {}),
    selection: selectionOf(run, training.stages),
    flops: meanFlops(config, task, data.dev, outcome.paths, planner ? config.numLayers : 0),
    provenance: run.provenance,
  };
  return { record, rows, mismatched };
}

function parentName(run: Run): string {
  const { method, setting, seed } = keyOf(parentOf(run.request));
  return runName(method, setting, seed);
}

/** Does routing matter? The same model with other inputs' paths, with its commonest path for all, and with every layer. */
async function controls(
  run: Run,
  { backbone }: Training,
  { paths }: Outcome,
  pass: (name: string) => Interruption,
): Promise<Record<string, number | string>> {
  const { sources: { task }, data, request } = run;
  const score = async (name: string, methodFor: (rows: number[]) => Method) => {
    const controlled = await predictAll(backbone, task.kind, data.dev, methodFor, pass(name));
    return metricsOf(task, predictionRows(task, data.devExamples, controlled), null).score;
  };
  const given = (all: string[]) => (rows: number[]) =>
    givenPaths(backbone, () => rows.map((row) => all[row]));
  const { path, share } = commonestPath(paths);
  return {
    shuffledPathsScore: await score("shuffled", given(shuffledPaths(paths, request.seed))),
    commonestPath: path,
    commonestPathShare: share,
    commonestPathScore: await score("commonest", given(paths.map(() => path))),
    everyLayerScore: await score("everyLayer", () => bert(backbone)),
  };
}

/** What the clock and this machine say of the run; its latency is measured later. */
export const timingOf = (
  { request, context }: Pick<Run, "request" | "context">,
  stages: Record<string, StageResult>,
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
export function curveOf(stages: Record<string, StageResult>): CurveLine[] {
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
