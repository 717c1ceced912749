/**
 * `bert`: stage 1, whose weights other methods start from. With `extraSteps` it starts from that run and trains on: "the
 * full model with the same number of extra steps".
 */
import { bert } from "../../methods/mod.ts";
import type { MethodEntry } from "./entry.ts";
import { fineTuneOrFurther, furtherFrom } from "./further.ts";
import { fineTuneSearch } from "./search.ts";
import { stage1Uses } from "./stage1.ts";

export const bertEntry: MethodEntry = {
  name: "bert",
  ...furtherFrom(stage1Uses),
  search: fineTuneSearch("stage1"),
  parts: {},
  train: (run, model) => fineTuneOrFurther(run, model),
  method: () => bert,
};
