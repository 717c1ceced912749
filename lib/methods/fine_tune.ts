/** Stage 1: ordinary fine-tuning of the backbone (section 3.2.1). */
import { batchTensors, classify, encode, everyLayer } from "../bert/mod.ts";
import { floatTensor, leaves, mean, setValues } from "../tensor/mod.ts";
import { linearSchedule, type LoopOptions, runStage, type StageResult, taskLoss } from "../train/mod.ts";
import { bert } from "./bert.ts";
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
export function trainableLeaves({ params }: Backbone, trainEmbeddings: boolean) {
  return leaves(params).filter(({ path }) => trainEmbeddings || !path.startsWith("embeddings."));
}

/** A regression's head starts at the mean label: else the first tenth of the steps only learns that one number. */
function startAtMeanLabel({ params }: Backbone, { train }: TrainingSet): void {
  const mean = train.reduce((total, { label }) => total + label!, 0) / train.length;
  setValues(params.classifier.bias, new Float32Array([mean]));
}

/** Fine-tunes `backbone` in place and keeps the best of its evaluations on held-out rows. */
export function fineTune(
  backbone: Backbone,
  data: TrainingSet,
  settings: FineTuneSettings,
  seed: number,
  options: Omit<LoopOptions, "ops">,
): Promise<StageResult> {
  const { ops, params, config } = backbone;
  if (data.kind === "regression") startAtMeanLabel(backbone, data);
  const batchAt = batchSource(data.train, settings.batchSize, `${seed}/stage1`);
  return runStage({
    name: "stage 1",
    steps: settings.steps,
    batchSize: settings.batchSize,
    groups: [{
      name: "backbone",
      leaves: trainableLeaves(backbone, settings.trainEmbeddings),
      schedule: linearSchedule(settings.steps, settings.learningRate, { warmup: settings.warmup }),
      weightDecay: settings.weightDecay,
      clipNorm: settings.clipNorm,
    }],
    loss: (step) => {
      const batch = batchAt(step);
      const hidden = encode(ops, params, config, batchTensors(ops, batch), everyLayer);
      const labels = floatTensor(batch.labels, [batch.size]);
      const loss = mean(taskLoss(ops, data.kind, classify(ops, params, hidden), labels));
      return { objective: loss, report: { loss } };
    },
    evaluateEvery: Math.ceil(settings.steps / settings.evaluations),
    evaluate: async (interruption) => {
      const method = bert(backbone);
      const { predictions } = await predictAll(backbone, data.kind, data.heldOut, () => method, interruption);
      return { score: data.score(predictions, data.heldOut.map(({ label }) => label!)), eligible: true };
    },
  }, { ...options, ops });
}
