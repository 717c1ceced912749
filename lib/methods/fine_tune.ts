/** Stage 1: ordinary fine-tuning of the backbone (section 3.2.1), and more steps of the same. */
import { type Affine, batchTensors, classify, encode } from "../bert/mod.ts";
import { mean as meanOf } from "../mean.ts";
import { floatTensor, type Leaf, leaves, mean, setValues } from "../tensor/mod.ts";
import { linearSchedule, type LoopOptions, runStage, type StageResult, taskLoss } from "../train/mod.ts";
import { fixedGate, fixedPath } from "./fixed_path.ts";
import type { Backbone } from "./method.ts";
import { batchSource, predictAll, type TrainingSet } from "./training_set.ts";

export interface FineTuneSettings {
  steps: number;
  batchSize: number;
  learningRate: number;
  /** Share of the steps that warms up. */
  warmup: number;
  weightDecay: number;
  clipNorm: number;
  /** False keeps word, position and segment embeddings as pre-trained. */
  trainEmbeddings: boolean;
  /** Evaluations on held-out rows over the stage. */
  evaluations: number;
}

/** The parameters a stage trains: all, or all but the embeddings. */
export function trainableLeaves({ params }: Backbone, trainEmbeddings: boolean): Leaf[] {
  return leaves(params).filter(({ path }) => trainEmbeddings || !path.startsWith("embeddings."));
}

/** Of these leaves the ones that `path` reaches: no layer that it leaves out. */
function executedLeaves(trainable: Leaf[], path: string): Leaf[] {
  const skipped = [...path].flatMap((executed, layer) => executed === "1" ? [] : [`layers.${layer}.`]);
  return trainable.filter(({ path }) => !skipped.some((prefix) => path.startsWith(prefix)));
}

/** A regression's head starts at the mean label: else the first tenth of the steps only learns that one number. */
export function startAtMeanLabel(head: Affine, { train }: TrainingSet): void {
  setValues(head.bias, new Float32Array([meanOf(train.map(({ label }) => label!))]));
}

const everyLayerOf = ({ config }: Backbone) => "1".repeat(config.numLayers);

/**
 * Fine-tunes `backbone` in place and keeps the best of its evaluations on held-out rows. With a `path` (0/1 per layer)
 * only the layers that it executes are there.
 */
export function fineTune(
  backbone: Backbone,
  data: TrainingSet,
  settings: FineTuneSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
  path = everyLayerOf(backbone),
): Promise<StageResult> {
  if (data.kind === "regression") startAtMeanLabel(backbone.params.classifier, data);
  return trainPath(backbone, data, settings, { name: "stage 1", batches: `${seed}/stage1`, path }, options);
}

/**
 * Fine-tunes a trained backbone for more steps on the batches that stage 3 sees, without a planner: what a method with
 * a third stage must be compared with (our prototypes). `path` as in `fineTune`.
 */
export function fineTuneFurther(
  backbone: Backbone,
  data: TrainingSet,
  settings: FineTuneSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
  path = everyLayerOf(backbone),
): Promise<StageResult> {
  return trainPath(backbone, data, settings, { name: "stage 3", batches: `${seed}/stage3`, path }, options);
}

function trainPath(
  backbone: Backbone,
  data: TrainingSet,
  settings: FineTuneSettings,
  { name, batches, path }: { name: string; batches: string; path: string },
  options: Omit<LoopOptions, "ops">,
): Promise<StageResult> {
  const { ops, params, config } = backbone;
  const batchAt = batchSource(data.train, settings.batchSize, batches);
  return runStage({
    name,
    steps: settings.steps,
    batchSize: settings.batchSize,
    groups: [{
      name: "backbone",
      leaves: executedLeaves(trainableLeaves(backbone, settings.trainEmbeddings), path),
      schedule: linearSchedule(settings.steps, settings.learningRate, { warmup: settings.warmup }),
      weightDecay: settings.weightDecay,
      clipNorm: settings.clipNorm,
    }],
    loss: (step) => {
      const batch = batchAt(step);
      const hidden = encode(ops, params, config, batchTensors(ops, batch), fixedGate(path));
      const labels = floatTensor(batch.labels, [batch.size]);
      const loss = mean(taskLoss(ops, data.kind, classify(ops, params, hidden), labels));
      return { objective: loss, report: { loss } };
    },
    evaluateEvery: Math.ceil(settings.steps / settings.evaluations),
    evaluate: async (interruption) => {
      const method = fixedPath(backbone, path);
      const { predictions } = await predictAll(backbone, data.kind, data.heldOut, () => method, interruption);
      return { score: data.score(predictions, data.heldOut.map(({ label }) => label!)), eligible: true };
    },
  }, { ...options, ops });
}
