/** What the entries' trainings share. */
import { type Interruption, type LoopOptions, pauses, type StageResult } from "../../train/mod.ts";
import { stateFile } from "../unfinished/resume_state.ts";
import type { Recipe } from "../recipe.ts";
import type { Run } from "../unfinished/run.ts";
import { trainingSet } from "../sources/task_data.ts";
import type { Selection } from "./entry.ts";

/** What a stage trains on. */
export const setOf = ({ sources, data }: Run) => trainingSet(sources, data);

/** How a stage of `run` is saved, stopped and reported; `stage` names its state file. */
export function loopOptions(run: Run, stage: string): Omit<LoopOptions, "ops"> {
  const { context, request, name } = run;
  return {
    checkpointFile: stateFile(run, stage, "safetensors"),
    checkpointEvery: context.checkpointEvery,
    now: context.now,
    shouldStop: context.shouldStop,
    onNote: (text) => context.onNote?.(`${name}: ${text}`),
    onProgress: (progress) => context.onProgress?.(`${request.task} ${name}`, progress),
  };
}

/** Lets a run stop between two batches of work of which no half is kept, with the message that `stopped` is. */
export function stoppable({ context: { now, shouldStop } }: Run, stopped: string): Interruption {
  const never = { now, shouldStop, checkpointEvery: Infinity };
  return { done: null, between: pauses(never, () => Promise.resolve(), () => stopped) };
}

/** Steps of stage 1 on so many rows. */
export const stage1StepsOf = ({ stage1: { epochs, batchSize } }: Recipe, trainRows: number): number =>
  Math.max(1, Math.round(epochs * Math.ceil(trainRows / batchSize)));

/** Stage 1's settings with its epochs as steps. */
export function stage1Settings({ recipe, data }: Run) {
  const { epochs: _, ...settings } = recipe.stage1;
  return { ...settings, steps: stage1StepsOf(recipe, data.train.length) };
}

/** The steps that `extraSteps` asks for. */
export const extraStepsOf = ({ extraSteps, stage3 }: Recipe): number =>
  extraSteps === "stage3" ? stage3.steps : extraSteps;

/** The evaluation whose parameters a stage kept, under the `rule` by which it chose. */
export function selectionOf({ selected, evaluations }: StageResult, rule: string): Selection {
  const kept = selected ?? evaluations.at(-1)!;
  return {
    rule,
    step: kept.step,
    heldOutScore: kept.score,
    onTarget: kept.eligible,
    evaluations: evaluations.length,
  };
}

/** The rule where every evaluation may be kept. */
export const bestScore = "best held-out score of the evaluations";
