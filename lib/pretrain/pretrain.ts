/**
 * Pre-training: all three objectives from the first step, the first part of it on few layers. What is learned there (to
 * find the same word again, above all) costs a third of the time and is then stacked: the deep model starts with the
 * shallow one's layers, repeated (Gong et al. 2019, "Efficient Training of BERT by Progressively Stacking").
 */
import {
  batchTensors,
  type BertConfig,
  type BertParams,
  encode,
  everyLayer,
  type LayerParams,
} from "../bert/mod.ts";
import {
  add,
  disposeTree,
  leaves,
  mul,
  type Ops,
  random,
  readValues,
  scalar,
  setValues,
} from "../tensor/mod.ts";
import { linearSchedule, type LoopOptions, runStage, type StageResult } from "../train/mod.ts";
import { type PretextBatch, pretextBatches } from "./batches.ts";
import { pretextScores } from "./evaluation.ts";
import type { PretextKind } from "../micro/mod.ts";
import type { PretextStream } from "./examples.ts";
import {
  type PretextHeads,
  pretextLogits,
  pretextLosses,
  type PretextWeights,
  randomHeads,
} from "./heads.ts";

/** One part of a pre-training. */
export interface Phase {
  name: string;
  /** The first layers of the model, the only ones that are there yet. */
  numLayers: number;
  steps: number;
  learningRate: number;
  /** What is told in it. */
  kinds: readonly PretextKind[];
}

export interface PretrainSettings extends PretextWeights {
  /** In order; each begins with the layers of the one before, repeated. */
  phases: Phase[];
  /** Masked rows of a step; as many judged ones come with them. */
  batchSize: number;
  /** Share of a phase's steps that warms up. */
  warmup: number;
  weightDecay: number;
  clipNorm: number;
  /** Standard deviation of the heads' initial weights. */
  deviation: number;
  /** Per phase. */
  evaluations: number;
  /** Rows of each kind, of a stream of their own, that an evaluation reads. */
  evaluationRows: number;
}

/** Options of the loop; every phase has a checkpoint of its own. */
export interface PretrainOptions extends Omit<LoopOptions, "ops" | "checkpointFile"> {
  /** The resume state of a phase. */
  checkpointFile?(phase: Phase): string;
}

/**
 * Pre-trains `params` in place and keeps the last step's. `stream` gives the text; evaluations read another, whose
 * seed is `stream.seed + 1`. Returns what each phase found, by name.
 */
export async function pretrain(
  ops: Ops,
  config: BertConfig,
  params: BertParams,
  stream: PretextStream,
  settings: PretrainSettings,
  options: PretrainOptions,
): Promise<Record<string, StageResult>> {
  const heads = randomHeads(config, random(stream.seed, "pretext heads"), settings.deviation);
  const found: Record<string, StageResult> = {};
  try {
    let rows = 0, depth: number | null = null;
    for (const phase of settings.phases) {
      if (depth !== null && depth < phase.numLayers) await stack(params.layers, depth);
      depth = phase.numLayers;
      const part = {
        config: { ...config, numLayers: depth },
        params: { ...params, layers: params.layers.slice(0, depth) },
      };
      const shifted = { ...stream, firstRow: rows, kinds: phase.kinds };
      found[phase.name] = await runPhase(ops, { ...part, heads }, shifted, phase, settings, options);
      rows += phase.steps * settings.batchSize;
    }
    return found;
  } finally {
    disposeTree(heads);
  }
}

/** Spreads the first `depth` layers over all: 1 1 1 2 2 2, in order, so that no part of them holds every skill. */
async function stack(layers: LayerParams[], depth: number): Promise<void> {
  // From the end, for a layer is read after those above it are written.
  for (let at = layers.length - 1; at >= 0; at--) {
    const from = leaves(layers[Math.floor(at * depth / layers.length)]);
    for (const [i, { param }] of leaves(layers[at]).entries()) {
      setValues(param, await readValues(from[i].param));
    }
  }
}

interface PretextModel {
  config: BertConfig;
  params: BertParams;
  heads: PretextHeads;
}

function runPhase(
  ops: Ops,
  { config, params, heads }: PretextModel,
  stream: PretextStream,
  phase: Phase,
  settings: PretrainSettings,
  { checkpointFile, ...options }: PretrainOptions,
): Promise<StageResult> {
  const { classifier: _, ...backbone } = params;
  const batchAt = pretextBatches(stream, settings.batchSize);
  const logitsOf = (batch: PretextBatch) => {
    const hidden = encode(ops, params, config, batchTensors(ops, batch), everyLayer);
    return pretextLogits(ops, params, heads, config, hidden, batch);
  };
  return runStage({
    name: phase.name,
    steps: phase.steps,
    batchSize: 2 * settings.batchSize,
    groups: [{
      name: "backbone",
      leaves: [...leaves(backbone), ...leaves(heads, "heads")],
      schedule: linearSchedule(phase.steps, phase.learningRate, { warmup: settings.warmup }),
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
    evaluateEvery: Math.ceil(phase.steps / settings.evaluations),
    evaluate: async () => {
      const unseen = { ...stream, seed: stream.seed + 1, firstRow: 0 };
      const scores = await pretextScores(logitsOf, unseen, settings.evaluationRows);
      // Never selected: the schedule ends at rate 0, so the last step is the best.
      return { ...scores, score: scores.masked, eligible: false };
    },
  }, { ...options, checkpointFile: checkpointFile?.(phase), ops });
}
