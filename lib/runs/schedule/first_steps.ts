/** How long a step of every kind takes on this machine: a few real ones, on rows of typical length, kept nowhere. */
import { type EncodedExample, taskById } from "../../glue/mod.ts";
import { InputError } from "../../errors.ts";
import { random } from "../../tensor/mod.ts";
import type { RunRequest } from "../grid/grid.ts";
import { quantile } from "../latency/latency.ts";
import { entryOf, isTrainedElsewhere, parentOf, recipeOf, recordedRecipe } from "../methods/mod.ts";
import { extraStepsOf, stage1StepsOf } from "../methods/training.ts";
import { disposeModel, makeParts } from "../models.ts";
import type { Recipe } from "../recipe.ts";
import type { Run, RunContext } from "../unfinished/run.ts";
import { numOutputs, type Sources } from "../sources/sources.ts";
import { mean } from "../../mean.ts";

/** A number for the planner's own stage, where a method has one, and one for the stage that makes its model. */
export interface PerStage {
  stage2: number;
  main: number;
}

/** Steps of what `request` trains, its parent apart, on so many rows (the held-out ones are not among them). */
export function stepsOf(request: RunRequest, trainRows: number): PerStage {
  if (isTrainedElsewhere(request)) return { stage2: 0, main: 0 };
  const recipe = recipeOf(request), stage2 = hasPlanner(request) ? recipe.stage2.steps : 0;
  return { stage2, main: mainSteps(request, recipe, trainRows) };
}

/** Rows in a step of what `request` trains: its stage's batch size, or all of `trainRows` where those are fewer. */
export function stepRowsOf(request: RunRequest, trainRows: number): PerStage {
  const recipe = recipeOf(request),
    rows = ({ batchSize }: { batchSize: number }) => Math.min(batchSize, trainRows);
  return { stage2: rows(recipe.stage2), main: rows(recipe[mainSection(request)]) };
}

/** Where a recipe has the batch size of the stage that makes the model. */
function mainSection(request: RunRequest): "stage1" | "stage3" | "exits" {
  if (parentOf(request) === null) return "stage1";
  return recordedRecipe(request).exits ? "exits" : "stage3";
}

const hasPlanner = ({ method }: RunRequest) => "planner" in entryOf(method).parts;

function mainSteps(request: RunRequest, recipe: Recipe, trainRows: number): number {
  const extra = extraStepsOf(recipe), { exits, stage3 } = recipe, own = recordedRecipe(request);
  // Without a parent there is one stage, which may have the steps of two.
  if (parentOf(request) === null) return stage1StepsOf(recipe, trainRows) + (own.stage3?.steps ?? 0);
  if (extra > 0) return extra;
  if (!own.exits) return stage3.steps;
  return exits.steps === "stage3" ? stage3.steps : exits.steps;
}

/** As many of `examples` as `count` whose lengths are nearest to the mean: batches are grouped by length. */
export function typicalRows(examples: readonly EncodedExample[], count: number): EncodedExample[] {
  const mean = meanTokens(examples),
    away = ({ tokenIds }: EncodedExample) => Math.abs(tokenIds.length - mean);
  return examples.toSorted((a, b) => away(a) - away(b)).slice(0, count);
}

/** Mean length of `examples` in tokens. */
export const meanTokens = (examples: readonly EncodedExample[]): number =>
  mean(examples.map(({ tokenIds }) => tokenIds.length));

/** Steps that are timed after one that warms up; a first one that takes so many seconds is enough. */
const timed = 3, longStep = 0.7;

/** What measuring needs: rows, the typical ones of which make up a batch, and an empty folder for what stages save. */
export interface MeasureContext extends Pick<RunContext, "backend" | "config" | "results" | "now"> {
  sources: Sources;
  rows: EncodedExample[];
}

/**
 * Seconds of a step for each of its rows, of what `request` trains, in each of its stages, from the pre-trained weights.
 * Throws `InputError` where its method cannot do the task.
 */
export async function secondsPerRow(request: RunRequest, context: MeasureContext): Promise<PerStage> {
  const { method, task } = request, recipe = recipeOf(request);
  const problem = entryOf(method).cannotDo?.(taskById(task), recipe);
  if (problem) throw new InputError(`${method} ${problem}`);
  // Every subset of so many layers costs the same, and a search for one is no step.
  const main: Recipe = { ...recipe, subset: "random", stage2: { ...recipe.stage2, steps: 0 } };
  const size = stepRowsOf(request, context.rows.length);
  const time = async (recipe: Recipe, count: number) => {
    const rows = typicalRows(context.rows, count);
    return await timeStage(request, recipe, { ...context, rows }) / count;
  };
  return {
    stage2: hasPlanner(request) && recipe.stage2.steps > 0 ? await time(recipe, size.stage2) : 0,
    main: await time(main, size.main),
  };
}

/** Thrown out of the training loop, so that no evaluation is waited for. */
class Measured extends Error {}

/** Seconds per step of the first stage that has steps. */
async function timeStage(request: RunRequest, recipe: Recipe, context: MeasureContext): Promise<number> {
  const { sources, rows, backend, now } = context, { config } = sources, entry = entryOf(request.method);
  const shape = { config, numOutputs: numOutputs(sources.task) };
  const model = {
    backbone: { ops: backend.ops, config, params: await sources.freshBackbone(request.seed) },
    parts: makeParts(entry.parts, shape, (part) => random(request.seed, part)),
  };
  const ends: number[] = [], started = now();
  let stage: string | null = null;
  const onProgress: RunContext["onProgress"] = (_run, progress) => {
    if (stage !== null && progress.stage !== stage) throw new Measured();
    stage = progress.stage;
    ends.push(now());
    if (ends.length > timed || now() - started > 1000 * longStep) throw new Measured();
  };
  try {
    await entry.train(runOn(request, recipe, rows, context, onProgress), model);
  } catch (error) {
    if (!(error instanceof Measured)) throw error;
  } finally {
    disposeModel(model);
  }
  const times = ends.map((end, at) => end - (ends[at - 1] ?? started));
  return quantile(times.length > 1 ? times.slice(1) : times, 0.5) / 1000;
}

/** A run of those rows. */
function runOn(
  request: RunRequest,
  recipe: Recipe,
  rows: EncodedExample[],
  { sources, backend, config, results, now }: MeasureContext,
  onProgress: RunContext["onProgress"],
): Run {
  const summary = { sha256: {}, rows: {}, warnings: [] };
  return {
    request,
    name: "first steps",
    recipe,
    sources,
    data: { train: rows, heldOut: rows.slice(0, 1), dev: [], devExamples: [], mismatched: null, summary },
    hash: "",
    provenance: { commit: null, libHash: "" },
    context: { config, backend, results, now, onProgress, checkpointEvery: Infinity },
    openOther: ({ method }) => Promise.reject(new InputError(`${method} was not trained yet.`)),
  };
}
