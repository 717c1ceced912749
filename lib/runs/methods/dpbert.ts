/** `dpbert`: stages 2 and 3 on top of stage 1 (section 3.2). */
import { givenPaths, initialisePlanner, planned, randomPlanner, reinforce } from "../../methods/mod.ts";
import { targetSlack } from "../../target_slack.ts";
import type { StageResult } from "../../train/mod.ts";
import type { Model, PartMakers } from "../models.ts";
import { type Recipe, settingsOf, type Uses } from "../recipe.ts";
import type { Run } from "../unfinished/run.ts";
import type { MethodEntry, OnPaths } from "./entry.ts";
import { plannerSearch } from "./search.ts";
import { stage1Of, stage1Uses } from "./stage1.ts";
import { loopOptions, selectionOf, setOf } from "./training.ts";

const uses: Uses = { ...stage1Uses, stage2: true, stage3: true, gates: true };

/** Settings that came after the first records count, for record and hash, where they change something. */
function usesUnder({ gates, stage3 }: Recipe): Uses {
  const named = settingsOf("stage3").filter((name) =>
    name !== "rewardBaseline" || stage3.rewardBaseline !== "none"
  );
  return { ...stage1Uses, stage2: true, stage3: named, ...(gates === "thresholded" ? {} : { gates: true }) };
}

/** The parts of a method with a planner. */
export const plannerPart: PartMakers = {
  planner: ({ config }, rng) => randomPlanner(config.numLayers, config.hiddenSize, rng),
};

/** How a third stage selects (`trainTogether`). */
const onTarget = ({ stage3 }: Recipe) =>
  `best held-out score among evaluations with mean layers within ${stage3.targetRate} + ${targetSlack} of all, else the last step`;

/** A planner's paths are each input's own where they are thresholded, not drawn. */
export const onPlannedPaths = ({ backbone }: Model, { gates }: Recipe): OnPaths | null =>
  gates === "thresholded" ? (paths) => givenPaths(backbone, () => paths) : null;

/** Stage 2 of a run. */
function trainStage2(run: Run, { backbone, parts }: Model): Promise<StageResult> {
  const { recipe: { stage2, stage3 }, request: { seed } } = run;
  const settings = { ...stage2, plannerInput: stage3.plannerInput };
  return initialisePlanner(backbone, parts.planner!, setOf(run), settings, seed, loopOptions(run, "stage2"));
}

/** Stage 2, then `third`, which trains backbone and planner together. */
export const trainWithPlanner = (third: typeof reinforce): MethodEntry["train"] => async (run, model) => {
  const { recipe, request: { seed } } = run, options = loopOptions(run, "stage3");
  const stage2 = await trainStage2(run, model), { backbone, parts } = model;
  const stage3 = await third(backbone, parts.planner!, setOf(run), recipe.stage3, seed, options);
  return { stages: { stage2, stage3 }, selection: selectionOf(stage3, onTarget(recipe)) };
};

export const dpbertEntry: MethodEntry = {
  name: "dpbert",
  uses,
  usesUnder,
  afterTraining: ["gates"],
  // The paper's grids (section 4.3).
  search: { ...plannerSearch, lambda1: { of: [0.1, 0.5, 1, 1.5] }, beta: { of: [5, 20, 35, 50] } },
  parent: stage1Of,
  parts: plannerPart,
  train: trainWithPlanner(reinforce),
  method: ({ parts }, { gates = "thresholded" }) => (backbone) => planned(backbone, parts.planner!, gates),
  onPaths: onPlannedPaths,
};
