/**
 * `bert-first-k`: the first `firstLayers` layers of the pre-trained backbone, fine-tuned as stage 1. What a smaller
 * model of the same kind reaches, and the cheapest competitor of every early exit. With `extraSteps` it
 * starts from that run and trains on, for as many steps as methods with a third stage have.
 */
import { InputError } from "../../errors.ts";
import { firstLayersPath, fixedPath } from "../../methods/mod.ts";
import type { BertConfig } from "../../bert/mod.ts";
import type { MethodEntry } from "./entry.ts";
import { fineTuneOrFurther, furtherFrom } from "./further.ts";
import { fineTuneSearch } from "./search.ts";
import { stage1Uses } from "./stage1.ts";

/** Throws `InputError` where the backbone has fewer layers. */
function pathOf(firstLayers: number, { numLayers }: BertConfig): string {
  if (firstLayers <= numLayers) return firstLayersPath(firstLayers, numLayers);
  throw new InputError(
    `--set firstLayers=${firstLayers}: the backbone has ${numLayers} layers; expected at most that.`,
  );
}

export const bertFirstKEntry: MethodEntry = {
  name: "bert-first-k",
  ...furtherFrom({ ...stage1Uses, firstLayers: true }),
  search: fineTuneSearch("stage1"),
  check: ({ firstLayers }, config) => void pathOf(firstLayers, config),
  parts: {},
  train: (run, model) => fineTuneOrFurther(run, model, pathOf(run.recipe.firstLayers, model.backbone.config)),
  // Every record of it has `firstLayers`.
  method: ({ backbone }, { firstLayers }) => {
    const path = pathOf(firstLayers!, backbone.config);
    return (own) => fixedPath(own, path);
  },
};
