/**
 * DeeBERT (Xin et al. 2020): stage 1 trains the backbone and its head, a second stage the off-ramps on top of it while it
 * stands still; an input leaves where a ramp's entropy falls below a threshold, which `exiting` does `byEntropy`.
 *
 * Where we differ from its code: the ramps' learning rate is a head's, not a backbone's (they see fixed features); the
 * last exit is the backbone's head, not a ramp that was never trained; no dropout.
 */
import { leaves } from "../../tensor/mod.ts";
import { linearSchedule, type LoopOptions, runStage, type StageResult } from "../../train/mod.ts";
import type { Backbone } from "../method.ts";
import { batchSource, type TrainingSet } from "../training_set.ts";
import { type ExitInput, sumOfRamps } from "./losses.ts";
import { copyPooler, type OffRamps } from "./off_ramps.ts";
import { foldStatistics } from "./standardise.ts";

export interface OffRampSettings {
  steps: number;
  batchSize: number;
  learningRate: number;
  warmup: number;
  weightDecay: number;
  clipNorm: number;
  exitInput: ExitInput;
}

/** Trains `ramps` in place on top of a fine-tuned backbone, which stays as it is. Ends at its last step. */
export async function trainOffRamps(
  backbone: Backbone,
  ramps: OffRamps,
  data: TrainingSet,
  settings: OffRampSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
): Promise<StageResult> {
  const { steps, batchSize, learningRate, warmup, weightDecay, clipNorm, exitInput } = settings;
  const batchAt = batchSource(data.train, batchSize, `${seed}/stage3`);
  await copyPooler(backbone.params, ramps);
  const result = await runStage({
    name: "exits",
    steps,
    batchSize,
    groups: [{
      name: "off-ramps",
      leaves: leaves(ramps, "offRamps"),
      schedule: linearSchedule(steps, learningRate, { warmup }),
      weightDecay,
      clipNorm,
    }],
    loss: (step) => {
      const loss = sumOfRamps(backbone, ramps, data.kind, batchAt(step), exitInput);
      return { objective: loss, report: { loss } };
    },
  }, { ...options, ops: backbone.ops });
  if (exitInput === "standardised") await foldStatistics(backbone, ramps, data.train);
  return result;
}
