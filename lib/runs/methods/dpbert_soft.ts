/** `dpbert-soft`: `dpbert` without reinforcement learning, the ablation of the paper's section 4.7 and Table 2. */
import { planned, trainSoft } from "../../methods/mod.ts";
import { settingsOf, type Uses } from "../recipe.ts";
import { onPlannedPaths, plannerPart, trainWithPlanner } from "./dpbert.ts";
import type { MethodEntry } from "./entry.ts";
import { plannerSearch } from "./search.ts";
import { stage1Of, stage1Uses } from "./stage1.ts";

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
  search: plannerSearch,
  parent: stage1Of,
  parts: plannerPart,
  train: trainWithPlanner(trainSoft),
  method: ({ parts }, { gates = "thresholded" }) => (backbone) => planned(backbone, parts.planner!, gates),
  onPaths: onPlannedPaths,
};
