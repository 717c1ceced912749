/**
 * `bert`: stage 1, whose weights other methods start from. With `extraSteps` it starts from that run and trains on: "the
 * full model with the same number of extra steps".
 */
import { bert, fineTune } from "../../methods/mod.ts";
import { recipeFor, type Uses } from "../recipe.ts";
import type { Model } from "../models.ts";
import type { Run } from "../run.ts";
import type { MethodEntry, TrainingEnd } from "./entry.ts";
import { furtherUses, trainFurther, trainsFurther } from "./further.ts";
import { fineTuneSearch } from "./search.ts";
import { stage1Of, stage1Uses } from "./stage1.ts";
import { bestScore, loopOptions, selectionOf, setOf, stage1Settings } from "./training.ts";

const uses: Uses = { ...stage1Uses, ...furtherUses };

async function trainStage1(run: Run, { backbone }: Model): Promise<TrainingEnd> {
  const options = loopOptions(run, "stage1"), { seed } = run.request;
  const stage1 = await fineTune(backbone, setOf(run), stage1Settings(run), seed, options);
  return { stages: { stage1 }, selection: selectionOf(stage1, bestScore) };
}

export const bertEntry: MethodEntry = {
  name: "bert",
  uses,
  usesUnder: (recipe) => trainsFurther(recipe) ? uses : stage1Uses,
  search: fineTuneSearch("stage1"),
  parent: (request) => {
    const { profile, task, settings } = request;
    return trainsFurther(recipeFor(profile, task, settings, uses)) ? stage1Of(request) : null;
  },
  parts: {},
  train: (run, model) => trainsFurther(run.recipe) ? trainFurther(run, model) : trainStage1(run, model),
  method: () => bert,
};
