/**
 * `bert`: stage 1, whose weights other methods start from. With `extraSteps` it starts from that run and trains on, as
 * the methods with a third stage do: "the full model with the same number of extra steps".
 */
import { bert, fineTune, fineTuneFurther } from "../../methods/mod.ts";
import { type Recipe, recipeFor, type Uses } from "../recipe.ts";
import type { Model } from "../models.ts";
import type { Run } from "../run.ts";
import type { MethodEntry, TrainingEnd } from "./entry.ts";
import { fineTuneSearch } from "./search.ts";
import { stage1Of, stage1Uses, stage3Backbone } from "./stage1.ts";
import { bestScore, extraStepsOf, loopOptions, selectionOf, setOf, stage1Settings } from "./training.ts";

const furtherUses: Uses = { ...stage1Uses, extraSteps: true, stage3: stage3Backbone };

const trainsFurther = ({ extraSteps }: Recipe) => extraSteps !== 0;

async function trainStage1(run: Run, { backbone }: Model): Promise<TrainingEnd> {
  const options = loopOptions(run, "stage1"), { seed } = run.request;
  const stage1 = await fineTune(backbone, setOf(run), stage1Settings(run), seed, options);
  return { stages: { stage1 }, selection: selectionOf(stage1, bestScore) };
}

async function trainFurther(run: Run, { backbone }: Model): Promise<TrainingEnd> {
  const { recipe, request: { seed } } = run, options = loopOptions(run, "stage3");
  const settings = { ...recipe.stage3, steps: extraStepsOf(recipe) };
  const stage3 = await fineTuneFurther(backbone, setOf(run), settings, seed, options);
  return { stages: { stage3 }, selection: selectionOf(stage3, bestScore) };
}

export const bertEntry: MethodEntry = {
  name: "bert",
  uses: furtherUses,
  usesUnder: (recipe) => trainsFurther(recipe) ? furtherUses : stage1Uses,
  search: fineTuneSearch("stage1"),
  parent: (request) => {
    const { profile, task, settings } = request;
    return trainsFurther(recipeFor(profile, task, settings, furtherUses)) ? stage1Of(request) : null;
  },
  parts: {},
  train: (run, model) => trainsFurther(run.recipe) ? trainFurther(run, model) : trainStage1(run, model),
  method: () => bert,
};
