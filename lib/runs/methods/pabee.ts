/**
 * `pabee`: all exits trained together from the pre-trained weights, left by patience or, as a setting, by entropy. It has
 * the steps of stages 1 and 3 together, as many as other methods' backbones get.
 */
import { trainJointly } from "../../methods/mod.ts";
import type { Recipe, Uses } from "../recipe.ts";
import type { MethodEntry } from "./entry.ts";
import { chooseExit, exitingBy, kindOf, leavingOnPaths, noEntropy, offRampsPart, ofStage3 } from "./exits.ts";
import { fineTuneSearch } from "./search.ts";
import { stage1Uses } from "./stage1.ts";
import { loopOptions, selectionOf, setOf, stage1Settings } from "./training.ts";

/** Whether the knob is chosen for the target rate. */
const aims = ({ exitBy, threshold, patience }: Recipe) =>
  (exitBy === "entropy" ? threshold : patience) === "target";

const uses: Uses = { ...stage1Uses, exitInput: true, exitBy: true };

export const pabeeEntry: MethodEntry = {
  name: "pabee",
  uses: { ...uses, threshold: true, patience: true, stage3: ofStage3(true, true) },
  usesUnder: (recipe) => ({
    ...uses,
    ...(recipe.exitBy === "entropy" ? { threshold: true } : { patience: true }),
    stage3: ofStage3(aims(recipe), true),
  }),
  afterTraining: ["exitBy", "threshold", "patience", "targetRate"],
  search: fineTuneSearch("stage1"),
  cannotDo: (task, { exitBy }) => exitBy === "entropy" ? noEntropy(task) : null,
  parent: () => null,
  parts: offRampsPart,
  train: async (run, { backbone, parts }) => {
    const { recipe, request: { seed } } = run, stage1 = stage1Settings(run);
    const settings = { ...stage1, steps: stage1.steps + recipe.stage3.steps, exitInput: recipe.exitInput };
    const options = loopOptions(run, "stage1");
    const stage = await trainJointly(backbone, parts.offRamps!, setOf(run), settings, seed, options);
    const rule = "best mean of the exits' held-out scores, weighted as their losses";
    return { stages: { stage1: stage }, selection: selectionOf(stage, rule) };
  },
  choose: (run, model, trained) => chooseExit(run, model, run.recipe.exitBy, trained),
  // Every record of it has `exitBy`.
  method: (model, { exitBy }, selection) => exitingBy(model, exitBy!, kindOf(model), selection),
  onPaths: leavingOnPaths,
};
