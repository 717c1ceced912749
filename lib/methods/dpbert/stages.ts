/** Stages 2 and 3 (sections 3.2.2 and 3.2.3); stage 1 is `fineTune`. */
import { batchTensors, classify, encode, type Gate } from "../../bert/mod.ts";
import type { Batch } from "../../glue/mod.ts";
import { detach, floatTensor, mean, random, stack, type Tensor, uniforms } from "../../tensor/mod.ts";
import {
  type LabelKind,
  linearSchedule,
  type LoopOptions,
  runStage,
  type StageResult,
  type StepLoss,
  taskLoss,
} from "../../train/mod.ts";
import { targetSlack } from "../../target_slack.ts";
import { trainableLeaves } from "../fine_tune.ts";
import type { Backbone } from "../method.ts";
import { batchSource, meanExecutedLayers, predictAll, type TrainingSet } from "../training_set.ts";
import { meanExecuteProbs, objective, type ObjectiveSettings, rewards } from "./objective.ts";
import {
  dpbert,
  emptyTrace,
  plannedGate,
  type Planner,
  type PlannerInput,
  plannerLeaves,
  type PlanTrace,
  sampledGate,
  softGate,
} from "./plan.ts";

export interface PlannerInitSettings {
  steps: number;
  batchSize: number;
  learningRate: number;
  clipNorm: number;
  plannerInput: PlannerInput;
}

export interface ReinforcementSettings extends ObjectiveSettings {
  steps: number;
  batchSize: number;
  /** Peak rate of the backbone, decayed to 0. */
  learningRate: number;
  /** Peak rate of the planner, decayed to `plannerFinal` of it. */
  plannerLearningRate: number;
  plannerFinal: number;
  warmup: number;
  weightDecay: number;
  /** For backbone and planner apart. */
  clipNorm: number;
  trainEmbeddings: boolean;
  plannerInput: PlannerInput;
  evaluations: number;
}

/** Task losses of a batch through a gate; [B]. */
export function lossesThrough(backbone: Backbone, kind: LabelKind, batch: Batch, gate: Gate): Tensor {
  const { ops, params, config } = backbone;
  const hidden = encode(ops, params, config, batchTensors(ops, batch), gate);
  return taskLoss(ops, kind, classify(ops, params, hidden), floatTensor(batch.labels, [batch.size]));
}

/**
 * Stage 2: the planner learns by the task loss through soft gates a^i = s^i; the backbone stands still
 * (section 3.2.2). Ends at its last step: task loss alone drives every gate towards 1, so it is kept short.
 */
export function initialisePlanner(
  backbone: Backbone,
  planner: Planner,
  data: TrainingSet,
  settings: PlannerInitSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
): Promise<StageResult> {
  const batchAt = batchSource(data.train, settings.batchSize, `${seed}/stage2`);
  return runStage({
    name: "stage 2",
    steps: settings.steps,
    batchSize: settings.batchSize,
    groups: [{
      name: "planner",
      leaves: plannerLeaves(planner),
      schedule: () => settings.learningRate,
      weightDecay: 0,
      clipNorm: settings.clipNorm,
    }],
    loss: (step) => {
      const trace = emptyTrace();
      const gate = softGate(backbone.ops, planner, trace, settings.plannerInput);
      const loss = mean(lossesThrough(backbone, data.kind, batchAt(step), gate));
      return { objective: loss, report: { loss, meanExecuteProb: mean(meanExecuteProbs(trace)) } };
    },
  }, { ...options, ops: backbone.ops });
}

/** Where stage 3's actions come from (Eq. 8). */
export interface Sampling {
  /** Numbers in [0, 1) for a step, [L][size]: an action is 1 where its number lies below the execute probability. */
  draws(step: number, size: number): Float32Array[];
  /** Shown what the gates of a step saw and did; called inside the tape. */
  onTrace?(step: number, trace: PlanTrace): void;
}

/** The seed's own draws, a stream per step: a resumed run draws what the undisturbed one would have drawn. */
export function seededSampling(seed: number, numLayers: number): Sampling {
  return {
    draws: (step, size) => {
      const rng = random(seed, "actions", step);
      return Array.from({ length: numLayers }, () => uniforms(rng, size));
    },
  };
}

/** What the third stages of `dpbert` and `dpbert-soft` share. */
type JointSettings =
  & Omit<ReinforcementSettings, keyof ObjectiveSettings>
  & Pick<ObjectiveSettings, "targetRate">;

/**
 * A third stage: backbone and planner together under the `loss` of a step's batch. Keeps the best held-out evaluation,
 * gates thresholded, among those whose mean executed share is within the target + 5 %; without one, the last step.
 */
export function trainTogether(
  backbone: Backbone,
  planner: Planner,
  data: TrainingSet,
  settings: JointSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
  loss: (batch: Batch, step: number) => StepLoss,
): Promise<StageResult> {
  const { ops, config } = backbone;
  const { steps, warmup, clipNorm } = settings;
  const batchAt = batchSource(data.train, settings.batchSize, `${seed}/stage3`);
  return runStage({
    name: "stage 3",
    steps,
    batchSize: settings.batchSize,
    groups: [{
      name: "backbone",
      leaves: trainableLeaves(backbone, settings.trainEmbeddings),
      schedule: linearSchedule(steps, settings.learningRate, { warmup }),
      weightDecay: settings.weightDecay,
      clipNorm,
    }, {
      name: "planner",
      leaves: plannerLeaves(planner),
      schedule: linearSchedule(steps, settings.plannerLearningRate, { warmup, final: settings.plannerFinal }),
      weightDecay: 0,
      clipNorm,
    }],
    loss: (step) => loss(batchAt(step), step),
    evaluateEvery: Math.ceil(steps / settings.evaluations),
    evaluate: async (interruption) => {
      const { predictions, paths } = await predictAll(
        backbone,
        data.kind,
        data.heldOut,
        () => dpbert(backbone, planner),
        interruption,
      );
      const score = data.score(predictions, data.heldOut.map(({ label }) => label!));
      const meanLayers = meanExecutedLayers(paths);
      return {
        score,
        meanExecutedLayers: meanLayers,
        eligible: meanLayers / config.numLayers <= settings.targetRate + targetSlack,
      };
    },
  }, { ...options, ops });
}

/** Stage 3: backbone and planner together, on sampled hard paths (section 3.2.3). Selects as `trainTogether`. */
export function reinforce(
  backbone: Backbone,
  planner: Planner,
  data: TrainingSet,
  settings: ReinforcementSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
  sampling = seededSampling(seed, backbone.config.numLayers),
): Promise<StageResult> {
  return trainTogether(backbone, planner, data, settings, seed, options, (batch, step) => {
    const trace = emptyTrace(), draws = sampling.draws(step, batch.size);
    const gate = sampledGate(backbone.ops, planner, trace, draws, settings.plannerInput);
    const losses = lossesThrough(backbone, data.kind, batch, gate);
    const reference = referenceRewards(backbone, planner, data.kind, batch, settings);
    const terms = objective(losses, trace, settings, reference);
    sampling.onTrace?.(step, trace);
    return {
      objective: terms.objective,
      report: {
        loss: terms.taskLoss,
        totalReward: terms.totalReward,
        meanExecuteProb: terms.meanExecuteProb,
        executionRate: mean(stack(trace.actions)),
      },
    };
  });
}

/** The rewards [B, L] of the path that inference would take, with `rewardBaseline` self-critical; else null. */
function referenceRewards(
  backbone: Backbone,
  planner: Planner,
  kind: LabelKind,
  batch: Batch,
  { rewardBaseline, beta }: ReinforcementSettings,
): Tensor | null {
  if (rewardBaseline !== "self-critical") return null;
  const actions: Tensor[] = [];
  const gate = plannedGate(backbone.ops, planner, actions);
  const losses = lossesThrough(backbone, kind, batch, gate);
  return detach(rewards(stack(actions.map((action) => action.reshape([-1])), 1), losses, beta));
}
