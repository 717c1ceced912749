/**
 * `bert-first-k`: the first `firstLayers` layers of the pre-trained backbone, fine-tuned as stage 1. What a smaller
 * model of the same kind reaches, and the cheapest competitor of every early exit (methods.md 5). With `extraSteps` it
 * starts from that run and trains on, for as many steps as methods with a third stage have.
 */
import { InputError } from "../../errors.ts";
import { fineTune, firstLayersPath, fixedPath } from "../../methods/mod.ts";
import type { BertConfig } from "../../bert/mod.ts";
import { type Recipe, recipeFor, type Uses } from "../recipe.ts";
import type { MethodEntry } from "./entry.ts";
import { furtherUses, trainFurther, trainsFurther } from "./further.ts";
import { fineTuneSearch } from "./search.ts";
import { requestOf, stage1Uses } from "./stage1.ts";
import { bestScore, loopOptions, selectionOf, setOf, stage1Settings } from "./training.ts";

const ownUses: Uses = { ...stage1Uses, firstLayers: true }, uses: Uses = { ...ownUses, ...furtherUses };

/** Throws `InputError` where the backbone has fewer layers. */
function pathOf({ firstLayers }: Recipe, { numLayers }: BertConfig): string {
  if (firstLayers <= numLayers) return firstLayersPath(firstLayers, numLayers);
  throw new InputError(
    `--set firstLayers=${firstLayers}: the backbone has ${numLayers} layers; expected at most that.`,
  );
}

export const bertFirstKEntry: MethodEntry = {
  name: "bert-first-k",
  uses,
  usesUnder: (recipe) => trainsFurther(recipe) ? uses : ownUses,
  search: fineTuneSearch("stage1"),
  parent: (request) => {
    const { profile, task, settings } = request;
    const isFurther = trainsFurther(recipeFor(profile, task, settings, uses));
    return isFurther ? requestOf(request, "bert-first-k", ownUses) : null;
  },
  check: (recipe, config) => void pathOf(recipe, config),
  parts: {},
  train: async (run, model) => {
    const { backbone } = model, path = pathOf(run.recipe, backbone.config);
    if (trainsFurther(run.recipe)) return await trainFurther(run, model, path);
    const { seed } = run.request, options = loopOptions(run, "stage1");
    const stage1 = await fineTune(backbone, setOf(run), stage1Settings(run), seed, options, path);
    return { stages: { stage1 }, selection: selectionOf(stage1, bestScore) };
  },
  method: ({ backbone }, recipe) => {
    const path = pathOf(recipe, backbone.config);
    return (own) => fixedPath(own, path);
  },
};
