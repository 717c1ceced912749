/**
 * `static-subset`: some of the layers for every input alike, fine-tuned from stage 1 for the steps of stage 3. Which
 * ones: the best that search finds or random ones, as many as the target rate says; or the commonest path of the planner
 * that `dpbert` trains under the same settings, whatever its length.
 */
import { InputError } from "../../errors.ts";
import {
  fineTuneFurther,
  fixedPath,
  type MethodFor,
  predictAll,
  randomSubset,
  searchSubset,
} from "../../methods/mod.ts";
import { random } from "../../tensor/mod.ts";
import type { RunRequest } from "../grid/grid.ts";
import { disposeModel, type Model } from "../models.ts";
import { commonestPath } from "../records/outcome.ts";
import { type Recipe, recipeFor, type Uses } from "../recipe.ts";
import type { Run } from "../unfinished/run.ts";
import { dpbertEntry } from "./dpbert.ts";
import type { MethodEntry, Selection } from "./entry.ts";
import { fineTuneSearch } from "./search.ts";
import { requestOf, stage1Of, stage1Uses, stage3Backbone } from "./stage1.ts";
import { bestScore, loopOptions, selectionOf, setOf, stoppable } from "./training.ts";

const uses: Uses = { ...stage1Uses, subset: true, stage2: true, stage3: true };

/** The run whose planner names the layers. */
const plannerOf = (request: RunRequest): RunRequest =>
  requestOf(request, "dpbert", { ...stage1Uses, stage2: true, stage3: true });

/** The layers that the recipe asks for, at least one. */
const countOf = ({ stage3 }: Recipe, numLayers: number) =>
  Math.max(1, Math.round(stage3.targetRate * numLayers));

async function findPath(run: Run, { backbone }: Model): Promise<string> {
  const { recipe, request } = run, { numLayers } = backbone.config;
  if (recipe.subset === "commonest") return await commonestOf(run);
  const count = countOf(recipe, numLayers);
  if (recipe.subset === "random") return randomSubset(count, numLayers, random(request.seed, "subset"));
  const message = "Stopped while searching for the best layers; the same command searches again.";
  return await searchSubset(backbone, setOf(run), count, stoppable(run, message));
}

/** The commonest path of the planner on the held-out rows. */
async function commonestOf(run: Run): Promise<string> {
  const planner = await run.openOther(plannerOf(run.request)), { kind, heldOut } = setOf(run);
  const message = "Stopped while looking for the planner's commonest path; the same command looks again.";
  try {
    const { backbone, method } = planner;
    const { paths } = await predictAll(backbone, kind, heldOut, () => method, stoppable(run, message));
    return commonestPath(paths).path;
  } finally {
    disposeModel(planner);
  }
}

function onPath(selection: Selection | null): MethodFor {
  const path = selection?.path;
  if (typeof path === "string") return (own) => fixedPath(own, path);
  throw new InputError("This model's record is gone, which says its layers; train it again.");
}

export const staticSubsetEntry: MethodEntry = {
  name: "static-subset",
  uses,
  usesUnder: (recipe) =>
    recipe.subset === "commonest"
      ? { ...dpbertEntry.usesUnder!(recipe), subset: true }
      : { ...stage1Uses, subset: true, stage3: [...stage3Backbone, "targetRate"] },
  search: fineTuneSearch("stage3"),
  parent: stage1Of,
  others: (request) => {
    const { profile, task, method, settings } = request;
    const { subset } = recipeFor(profile, task, method, settings, uses);
    return subset === "commonest" ? [plannerOf(request)] : [];
  },
  parts: {},
  train: async (run, model) => {
    const { recipe, request: { seed } } = run, path = await findPath(run, model);
    const options = loopOptions(run, "stage3");
    const stage3 = await fineTuneFurther(model.backbone, setOf(run), recipe.stage3, seed, options, path);
    return { stages: { stage3 }, selection: { ...selectionOf(stage3, bestScore), path } };
  },
  method: (_model, _recipe, selection) => onPath(selection),
};
