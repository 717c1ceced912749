/** `deebert`: off-ramps trained on top of stage 1, left by entropy. */
import { trainOffRamps } from "../../methods/mod.ts";
import type { Uses } from "../recipe.ts";
import type { MethodEntry } from "./entry.ts";
import { chooseExit, exitingBy, kindOf, leavingOnPaths, noEntropy, offRampsPart, ofStage3 } from "./exits.ts";
import { offRampSearch } from "./search.ts";
import { stage1Of, stage1Uses } from "./stage1.ts";
import { loopOptions, setOf } from "./training.ts";

const uses: Uses = { ...stage1Uses, exits: true, exitInput: true, threshold: true };

export const deebertEntry: MethodEntry = {
  name: "deebert",
  uses: { ...uses, stage3: ofStage3(true, true) },
  usesUnder: ({ threshold, exits }) => ({
    ...uses,
    stage3: ofStage3(threshold === "target", exits.steps === "stage3"),
  }),
  afterTraining: ["threshold", "targetRate"],
  search: offRampSearch,
  cannotDo: noEntropy,
  parent: stage1Of,
  parts: offRampsPart,
  train: async (run, { backbone, parts }) => {
    const { recipe: { exits, exitInput, stage3 }, request: { seed } } = run;
    const steps = exits.steps === "stage3" ? stage3.steps : exits.steps;
    const settings = { ...exits, steps, exitInput }, options = loopOptions(run, "exits");
    const stage = await trainOffRamps(backbone, parts.offRamps!, setOf(run), settings, seed, options);
    return { stages: { exits: stage }, selection: { rule: "last step", step: steps, heldOutScore: null } };
  },
  choose: (run, model, trained) => chooseExit(run, model, "entropy", trained),
  method: (model, _recipe, selection) => exitingBy(model, "entropy", kindOf(model), selection),
  onPaths: leavingOnPaths,
};
