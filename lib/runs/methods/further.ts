/** Training on: `extraSteps` more on the batches of stage 3, from the run without them, as methods with a third stage do. */
import { fineTuneFurther } from "../../methods/mod.ts";
import type { Model } from "../models.ts";
import type { Recipe, Uses } from "../recipe.ts";
import type { Run } from "../run.ts";
import type { TrainingEnd } from "./entry.ts";
import { stage3Backbone } from "./stage1.ts";
import { bestScore, extraStepsOf, loopOptions, selectionOf, setOf } from "./training.ts";

/** What a method uses for it, beside its own settings. */
export const furtherUses: Uses = { extraSteps: true, stage3: stage3Backbone };

/** Whether a recipe asks for more steps than those of the run they would start from. */
export const trainsFurther = ({ extraSteps }: Recipe): boolean => extraSteps !== 0;

/** Trains every layer on, or those of `path`. */
export async function trainFurther(run: Run, { backbone }: Model, path?: string): Promise<TrainingEnd> {
  const { recipe, request: { seed } } = run, options = loopOptions(run, "stage3");
  const settings = { ...recipe.stage3, steps: extraStepsOf(recipe) };
  const stage3 = await fineTuneFurther(backbone, setOf(run), settings, seed, options, path);
  return { stages: { stage3 }, selection: selectionOf(stage3, bestScore) };
}
