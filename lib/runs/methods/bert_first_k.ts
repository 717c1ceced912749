/**
 * `bert-first-k`: the first `firstLayers` layers of the pre-trained backbone, fine-tuned as stage 1. What a smaller
 * model of the same kind reaches, and the cheapest competitor of every early exit (methods.md 5).
 */
import { InputError } from "../../errors.ts";
import { fineTune, firstLayersPath, fixedPath } from "../../methods/mod.ts";
import type { BertConfig } from "../../bert/mod.ts";
import type { Recipe } from "../recipe.ts";
import type { MethodEntry } from "./entry.ts";
import { fineTuneSearch } from "./search.ts";
import { stage1Uses } from "./stage1.ts";
import { bestScore, loopOptions, selectionOf, setOf, stage1Settings } from "./training.ts";

/** Throws `InputError` where the backbone has fewer layers. */
function pathOf({ firstLayers }: Recipe, { numLayers }: BertConfig): string {
  if (firstLayers <= numLayers) return firstLayersPath(firstLayers, numLayers);
  throw new InputError(
    `--set firstLayers=${firstLayers}: the backbone has ${numLayers} layers; expected at most that.`,
  );
}

export const bertFirstKEntry: MethodEntry = {
  name: "bert-first-k",
  uses: { ...stage1Uses, firstLayers: true },
  search: fineTuneSearch("stage1"),
  parent: () => null,
  check: (recipe, config) => void pathOf(recipe, config),
  parts: {},
  train: async (run, { backbone }) => {
    const path = pathOf(run.recipe, backbone.config), options = loopOptions(run, "stage1");
    const { seed } = run.request;
    const stage1 = await fineTune(backbone, setOf(run), stage1Settings(run), seed, options, path);
    return { stages: { stage1 }, selection: selectionOf(stage1, bestScore) };
  },
  method: ({ backbone }, recipe) => {
    const path = pathOf(recipe, backbone.config);
    return (own) => fixedPath(own, path);
  },
};
