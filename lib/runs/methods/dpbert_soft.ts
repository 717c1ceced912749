/** `dpbert-soft`: `dpbert` without reinforcement learning, the ablation of the paper's section 4.7 and Table 2. */
import { planned, trainSoft } from "../../methods/mod.ts";
import { settingsOf, type Uses } from "../recipe.ts";
import { onPlannedPaths, onTarget, plannerPart, trainStage2 } from "./dpbert.ts";
import type { MethodEntry } from "./entry.ts";
import { stage1Of, stage1Uses } from "./stage1.ts";
import { loopOptions, selectionOf, setOf } from "./training.ts";

const ofRewards = ["beta", "lambda1", "rewardBaseline"];

const uses: Uses = {
  ...stage1Uses,
  stage2: true,
  stage3: settingsOf("stage3").filter((name) => !ofRewards.includes(name)),
  gates: true,
};

export const dpbertSoftEntry: MethodEntry = {
  name: "dpbert-soft",
  uses,
  afterTraining: ["gates"],
  parent: stage1Of,
  parts: plannerPart,
  train: async (run, model) => {
    const { recipe, request: { seed } } = run, options = loopOptions(run, "stage3");
    const stage2 = await trainStage2(run, model), { backbone, parts } = model;
    const stage3 = await trainSoft(backbone, parts.planner!, setOf(run), recipe.stage3, seed, options);
    return { stages: { stage2, stage3 }, selection: selectionOf(stage3, onTarget(recipe)) };
  },
  method: ({ parts }, { gates }) => (backbone) => planned(backbone, parts.planner!, gates),
  onPaths: onPlannedPaths,
};
