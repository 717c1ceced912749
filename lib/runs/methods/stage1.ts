/** Stage 1 as other runs see it: the run they start from, and what it depends on. */
import type { RunRequest } from "../grid/grid.ts";
import { settingKeys, type Uses } from "../recipe.ts";

/** The settings that stage 1 depends on. */
export const stage1Uses: Uses = { maxLength: true, stage1: true };

/** The backbone's part of stage 3: what a method without a planner can follow. */
export const stage3Backbone = [
  "steps",
  "batchSize",
  "learningRate",
  "warmup",
  "weightDecay",
  "clipNorm",
  "trainEmbeddings",
  "evaluations",
] as const;

/** `request` with another method, and of its settings those that `uses` names. */
export function requestOf(request: RunRequest, method: string, uses: Uses): RunRequest {
  const keys = settingKeys(uses);
  const settings = Object.fromEntries(Object.entries(request.settings).filter(([key]) => keys.has(key)));
  return { ...request, method, settings };
}

/** The fine-tuned full model of the task and seed of `request`, which all runs of the same stage 1 share. */
export const stage1Of = (request: RunRequest): RunRequest => requestOf(request, "bert", stage1Uses);
