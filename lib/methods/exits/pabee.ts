/**
 * PABEE (Zhou et al. 2020): backbone, head and off-ramps trained together from the pre-trained weights by one weighted
 * loss; an input leaves where enough exits in a row agree, which `exiting` does `byPatience`. The same exits left
 * `byEntropy` are the stronger competitor (our prototypes).
 *
 * Where we differ from its code: every exit has a pooler of its own (`off_ramps.ts`), whose input may be standardised;
 * the checkpoint is chosen by the exits' held-out scores under the weights of the loss; no dropout.
 */
import { type Affine } from "../../bert/mod.ts";
import { leaves } from "../../tensor/mod.ts";
import {
  type Interruption,
  linearSchedule,
  type LoopOptions,
  runStage,
  type StageResult,
} from "../../train/mod.ts";
import { type FineTuneSettings, startAtMeanLabel, trainableLeaves } from "../fine_tune.ts";
import type { Backbone } from "../method.ts";
import { batchSource, predictionOf, type TrainingSet } from "../training_set.ts";
import { exitLogits } from "./exiting.ts";
import { type ExitInput, exitWeights, weightedExits } from "./losses.ts";
import { copyPooler, type OffRamps } from "./off_ramps.ts";
import { foldStatistics, withFolded } from "./standardise.ts";

/** Stage 1's settings and what the ramps see. */
export interface JointSettings extends FineTuneSettings {
  exitInput: ExitInput;
}

/** Trains backbone and `ramps` together, in place, and keeps the best of the evaluations on held-out rows. */
export async function trainJointly(
  backbone: Backbone,
  ramps: OffRamps,
  data: TrainingSet,
  settings: JointSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
): Promise<StageResult> {
  const { steps, batchSize, learningRate, warmup, weightDecay, clipNorm, exitInput } = settings;
  const batchAt = batchSource(data.train, batchSize, `${seed}/stage1`);
  await copyPooler(backbone.params, ramps);
  const heads: Affine[] = [backbone.params.classifier, ...ramps.map(({ classifier }) => classifier)];
  if (data.kind === "regression") heads.forEach((head) => startAtMeanLabel(head, data));
  const standardises = exitInput === "standardised";
  const result = await runStage({
    name: "stage 1",
    steps,
    batchSize,
    groups: [{
      name: "model",
      leaves: [...trainableLeaves(backbone, settings.trainEmbeddings), ...leaves(ramps, "offRamps")],
      schedule: linearSchedule(steps, learningRate, { warmup }),
      weightDecay,
      clipNorm,
    }],
    loss: (step) => {
      const { joint, last } = weightedExits(backbone, ramps, data.kind, batchAt(step), exitInput);
      return { objective: joint, report: { loss: joint, lastExitLoss: last } };
    },
    evaluateEvery: Math.ceil(steps / settings.evaluations),
    evaluate: async (interruption) => {
      const scoreOf = (ramps: OffRamps) => weightedScore(backbone, ramps, data, interruption);
      const score = standardises
        ? await withFolded(backbone, ramps, data.train, scoreOf)
        : await scoreOf(ramps);
      return { score, eligible: true };
    },
  }, { ...options, ops: backbone.ops });
  if (standardises) await foldStatistics(backbone, ramps, data.train);
  return result;
}

/** The exits' scores on held-out rows, weighted as their losses are. */
async function weightedScore(
  backbone: Backbone,
  ramps: OffRamps,
  { kind, heldOut, score }: TrainingSet,
  interruption: Interruption,
): Promise<number> {
  const exits = await exitLogits(backbone, ramps, kind, heldOut, interruption);
  const labels = heldOut.map(({ label }) => label!);
  return exitWeights(ramps.length + 1).reduce((sum, weight, layer) => {
    const predictions = exits.map((logits) => predictionOf(logits[layer], kind));
    return sum + weight * score(predictions, labels);
  }, 0);
}
