/** `dpbert`: stages 2 and 3 on top of stage 1 (section 3.2). */
import { dpbert, initialisePlanner, randomPlanner, reinforce } from "../../methods/mod.ts";
import type { MethodEntry } from "./entry.ts";
import { stage1Of, stage1Uses } from "./stage1.ts";
import { loopOptions, selectionOf, setOf } from "./training.ts";

export const dpbertEntry: MethodEntry = {
  name: "dpbert",
  uses: { ...stage1Uses, stage2: true, stage3: true },
  parent: stage1Of,
  parts: { planner: ({ config }, rng) => randomPlanner(config.numLayers, config.hiddenSize, rng) },
  train: async (run, { backbone, parts }) => {
    const { recipe: { stage2, stage3 }, request: { seed } } = run, planner = parts.planner!, set = setOf(run);
    const initial = { ...stage2, plannerInput: stage3.plannerInput };
    return {
      stage2: await initialisePlanner(backbone, planner, set, initial, seed, loopOptions(run, "stage2")),
      stage3: await reinforce(backbone, planner, set, stage3, seed, loopOptions(run, "stage3")),
    };
  },
  select: ({ recipe }, _model, { stage3 }) =>
    Promise.resolve(selectionOf(
      stage3,
      `best held-out score among evaluations with mean layers within ${recipe.stage3.targetRate} + 0.05 of all, else the last step`,
    )),
  method: ({ parts }) => (backbone) => dpbert(backbone, parts.planner!),
};
