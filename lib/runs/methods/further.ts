/** Stage 1 and training on: `extraSteps` more on the batches of stage 3, from the run without them. */
import { fineTune, fineTuneFurther } from "../../methods/mod.ts";
import type { Model } from "../models.ts";
import { type Recipe, recipeFor, type Uses } from "../recipe.ts";
import type { Run } from "../unfinished/run.ts";
import type { MethodEntry, TrainingEnd } from "./entry.ts";
import { requestOf, stage3Backbone } from "./stage1.ts";
import { bestScore, extraStepsOf, loopOptions, selectionOf, setOf, stage1Settings } from "./training.ts";

/** Whether a recipe asks for more steps than those of the run they would start from. */
const trainsFurther = ({ extraSteps }: Recipe) => extraSteps !== 0;

/** What an entry says of its settings and its parent, if its run without extra steps uses `own` and has no parent. */
export function furtherFrom(own: Uses): Pick<MethodEntry, "uses" | "usesUnder" | "parent"> {
  const uses: Uses = { ...own, extraSteps: true, stage3: stage3Backbone };
  return {
    uses,
    usesUnder: (recipe) => trainsFurther(recipe) ? uses : own,
    parent: (request) => {
      const { profile, task, method, settings } = request;
      const recipe = recipeFor(profile, task, method, settings, uses);
      return trainsFurther(recipe) ? requestOf(request, method, own) : null;
    },
  };
}

/** Fine-tunes every layer, or those of `path`: stage 1, or the steps beyond it where the recipe asks for them. */
export async function fineTuneOrFurther(run: Run, { backbone }: Model, path?: string): Promise<TrainingEnd> {
  const { recipe, request: { seed } } = run, set = setOf(run);
  if (trainsFurther(recipe)) {
    const settings = { ...recipe.stage3, steps: extraStepsOf(recipe) }, options = loopOptions(run, "stage3");
    const stage3 = await fineTuneFurther(backbone, set, settings, seed, options, path);
    return { stages: { stage3 }, selection: selectionOf(stage3, bestScore) };
  }
  const stage1 = await fineTune(backbone, set, stage1Settings(run), seed, loopOptions(run, "stage1"), path);
  return { stages: { stage1 }, selection: selectionOf(stage1, bestScore) };
}
