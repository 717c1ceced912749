/** Pre-training: all three objectives from the first step, one stage of the ordinary loop. */
import { batchTensors, type BertConfig, type BertParams, encode, everyLayer } from "../bert/mod.ts";
import { add, disposeTree, leaves, mul, type Ops, random, scalar } from "../tensor/mod.ts";
import { linearSchedule, type LoopOptions, runStage, type StageResult } from "../train/mod.ts";
import { type PretextBatch, pretextBatches } from "./batches.ts";
import { pretextScores } from "./evaluation.ts";
import type { PretextStream } from "./examples.ts";
import { pretextLogits, pretextLosses, type PretextWeights, randomHeads } from "./heads.ts";

export interface PretrainSettings extends PretextWeights {
  steps: number;
  /** Masked rows of a step; as many judged ones come with them. */
  batchSize: number;
  learningRate: number;
  /** Share of the steps that warms up. */
  warmup: number;
  weightDecay: number;
  clipNorm: number;
  /** Standard deviation of the initial weights. */
  deviation: number;
  evaluations: number;
  /** Rows of each kind, of a stream of their own, that an evaluation reads. */
  evaluationRows: number;
}

/**
 * Pre-trains `params` in place and keeps the last step's. `stream` gives the text; evaluations read another, whose
 * seed is `stream.seed + 1`.
 */
export async function pretrain(
  ops: Ops,
  config: BertConfig,
  params: BertParams,
  stream: PretextStream,
  settings: PretrainSettings,
  options: Omit<LoopOptions, "ops">,
): Promise<StageResult> {
  const heads = randomHeads(config, random(stream.seed, "pretext heads"), settings.deviation);
  const { classifier: _, ...backbone } = params;
  const batchAt = pretextBatches(stream, settings.batchSize);
  const logitsOf = (batch: PretextBatch) => {
    const hidden = encode(ops, params, config, batchTensors(ops, batch), everyLayer);
    return pretextLogits(ops, params, heads, config, hidden, batch);
  };
  try {
    return await runStage({
      name: "pre-training",
      steps: settings.steps,
      batchSize: 2 * settings.batchSize,
      groups: [{
        name: "backbone",
        leaves: [...leaves(backbone), ...leaves(heads, "heads")],
        schedule: linearSchedule(settings.steps, settings.learningRate, { warmup: settings.warmup }),
        weightDecay: settings.weightDecay,
        clipNorm: settings.clipNorm,
      }],
      loss: (step) => {
        const batch = batchAt(step);
        const { masked, replaced, follows } = pretextLosses(ops, logitsOf(batch), batch, settings);
        const objective = add(
          masked,
          add(mul(replaced, scalar(settings.replaced)), mul(follows, scalar(settings.follows))),
        );
        const tokens = scalar(batch.mask.reduce((sum, isToken) => sum + isToken, 0));
        return { objective, report: { loss: objective, masked, replaced, follows, tokens } };
      },
      evaluateEvery: Math.ceil(settings.steps / settings.evaluations),
      evaluate: async () => {
        const unseen = { ...stream, seed: stream.seed + 1 };
        const scores = await pretextScores(logitsOf, unseen, settings.evaluationRows);
        // Never selected: the schedule ends at rate 0, so the last step is the best.
        return { ...scores, score: scores.masked, eligible: false };
      },
    }, { ...options, ops });
  } finally {
    disposeTree(heads);
  }
}
