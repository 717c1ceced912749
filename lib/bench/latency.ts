/**
 * Batch-1 latency at k executed layers against k / L of the full model, planner included: does skipping pay what it
 * promises? MiniLM's shape, random weights (latency does not depend on their values).
 */
import { type BertConfig, randomBert } from "../bert/mod.ts";
import type { EncodedExample } from "../glue/mod.ts";
import { bert, methodWith, openInference, type Planner } from "../methods/mod.ts";
import { quantile, timeAlternating } from "../runs/latency.ts";
import { type Backend, floatTensor, random, variable, zeros } from "../tensor/mod.ts";

const minilmShape: BertConfig = {
  vocabSize: 30522,
  hiddenSize: 384,
  numLayers: 6,
  numHeads: 12,
  intermediateSize: 1536,
  maxPositions: 512,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

/** A planner that executes exactly the first `executed` layers, at the full price of asking it. */
function constantPlanner({ numLayers, hiddenSize }: BertConfig, executed: number): Planner {
  return Array.from({ length: numLayers }, (_, layer) => ({
    weight: variable(zeros([1, hiddenSize])),
    bias: variable(floatTensor([layer < executed ? 1 : -1], [1])),
  }));
}

/** One line of the result. */
export interface LatencyAtDepth {
  executedLayers: number;
  medianMs: number;
  p90Ms: number;
  /** `medianMs / (k / L * full model's median)`; 1 is exactly proportional. */
  overProportional: number;
}

/** Times every depth beside the full model (no planner), alternating. */
export async function benchLatency(
  backend: Backend,
  { tokens = 64, examples = 60, now = () => performance.now() } = {},
) {
  const config = minilmShape;
  const backbone = { ops: backend.ops, config, params: randomBert(config, 2, random(0, "bench")) };
  const ids = random(0, "tokens");
  const rows: EncodedExample[] = Array.from({ length: examples }, (_, index) => ({
    tokenIds: Array.from({ length: tokens }, () => Math.floor(ids() * config.vocabSize)),
    segmentIds: Array(tokens).fill(0),
    label: 0,
    index,
  }));
  const depths = Array.from({ length: config.numLayers + 1 }, (_, k) => k);
  const models = [
    openInference(backbone, bert),
    ...depths.map((k) => openInference(backbone, methodWith(constantPlanner(config, k)))),
  ];
  const [full, ...rest] = await timeAlternating(models, rows, { warmup: 5, now });
  const fullMs = quantile(full, 0.5);
  const atDepth: LatencyAtDepth[] = rest.map((times, executedLayers) => ({
    executedLayers,
    medianMs: Number(quantile(times, 0.5).toFixed(3)),
    p90Ms: Number(quantile(times, 0.9).toFixed(3)),
    overProportional: executedLayers === 0
      ? 0
      : Number((quantile(times, 0.5) * config.numLayers / executedLayers / fullMs).toFixed(3)),
  }));
  return { shape: "6 x 384, 12 heads", tokens, examples, fullMedianMs: Number(fullMs.toFixed(3)), atDepth };
}
