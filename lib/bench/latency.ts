/**
 * Batch-1 latency of whole models, ours beside onnxruntime on the same weights, and ours at k executed layers against
 * k / L of the full model, planner included: does skipping pay what it promises?
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BertConfig } from "../bert/mod.ts";
import { bert, dpbert, openInference, type Planner } from "../methods/mod.ts";
import { quantile, timeAlternating } from "../runs/latency/latency.ts";
import {
  disposeTree,
  floatTensor,
  leaves,
  type Ops,
  random,
  readValues,
  variable,
  zeros,
} from "../tensor/mod.ts";
import { InputError } from "../errors.ts";
import { alternate, type ContestantSpec, type Measured } from "./contestant.ts";
import { benchBackbone, type LatencyShape } from "./latency_shapes.ts";
import { onnxBert } from "./peers/onnx.ts";
import { withContestants } from "./training.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Our own latency, with or without a BLAS. */
function ourSpec(shape: LatencyShape, blas: string): ContestantSpec {
  return {
    name: blas === "off" ? "ours, no BLAS" : "ours",
    command: Deno.execPath(),
    args: ["run", "-A", "--quiet", here("latency_child.ts"), JSON.stringify(shape)],
    env: { DPB_BLAS: blas },
  };
}

/** onnxruntime's packages, its names for a processor and what each runs. */
const peers = [["onnxruntime-node", "cpu"], ["onnxruntime-web", "wasm"]];

/** How to get the peers into `folder`, which no user of the suite needs. */
export const peerAdvice = (folder: string) =>
  `npm install --ignore-scripts --prefix ${folder} onnxruntime-node@1.30.0 onnxruntime-web@1.30.0`;

/** The peers that are installed in `folder`, on the model in `file`. */
async function peerSpecs(
  folder: string,
  file: string,
  { tokens, config }: LatencyShape,
): Promise<ContestantSpec[]> {
  const specs: ContestantSpec[] = [];
  for (const [name, provider] of peers) {
    const place = join(folder, "node_modules", name);
    if (!await Deno.stat(place).then(() => true, () => false)) continue;
    const args = [place, provider, file, `${tokens}`, `${config.vocabSize}`];
    specs.push({
      name,
      command: Deno.execPath(),
      args: ["run", "-A", "--quiet", here("peers/onnx_latency.ts"), ...args],
    });
  }
  return specs;
}

/** Writes the model as ONNX. */
async function writeOnnx(ops: Ops, shape: LatencyShape, file: string): Promise<void> {
  const { params } = benchBackbone(ops, shape);
  const weights = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const { path, param } of leaves(params)) {
    weights.set(path, { shape: param.shape, data: await readValues(param) });
  }
  disposeTree(params);
  await Deno.writeFile(file, onnxBert(shape.config, weights, shape.tokens));
}

/** Largest difference of any contestant's logits from the first one's. Throws `InputError` above 1e-3. */
function logitDifference(measured: Measured[]): number {
  const logits = measured.map(({ about }) => about.logits as number[]);
  const largest = Math.max(...logits.flatMap((own) => own.map((x, i) => Math.abs(x - logits[0][i]))));
  if (largest <= 1e-3) return largest;
  throw new InputError(`The contestants' logits differ by ${largest}; expected the same model in each.`);
}

/** Times the whole model of `shape` with every contestant in turn. `peerFolder`: where peers may be installed. */
export async function benchContestants(
  ops: Ops,
  shape: LatencyShape,
  peerFolder: string,
  { blocks = 5 } = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "bert.onnx"), rivals = await peerSpecs(peerFolder, file, shape);
    if (rivals.length > 0) await writeOnnx(ops, shape, file);
    const specs = [ourSpec(shape, "auto"), ourSpec(shape, "off"), ...rivals];
    const contestants = await withContestants(specs, (all) => alternate(all, blocks, shape.rounds));
    return { contestants, logitDifference: logitDifference(contestants) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

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

/** Times every depth beside the full model (no planner), alternating, with one copy of the weights. */
export async function benchDepths(
  ops: Ops,
  shape: LatencyShape,
  { now = () => performance.now() } = {},
): Promise<{ fullMedianMs: number; atDepth: LatencyAtDepth[] }> {
  const { config, tokens, rounds } = shape, { numLayers } = config, backbone = benchBackbone(ops, shape);
  const planners = Array.from({ length: numLayers + 1 }, (_, k) => constantPlanner(config, k));
  let running = 0;
  const model = openInference(backbone, (own) => {
    const methods = [bert(own), ...planners.map((planner) => dpbert(own, planner))];
    return (batch) => methods[running](batch);
  });
  const runs = [0, ...planners.keys().map((k) => k + 1)].map((at) => ({
    ...model,
    infer: (batch: Parameters<typeof model.infer>[0]) => (running = at, model.infer(batch)),
  }));
  const ids = random(0, "tokens");
  const rows = Array.from({ length: 5 * rounds }, (_, index) => ({
    tokenIds: Array.from({ length: tokens }, () => Math.floor(ids() * config.vocabSize)),
    segmentIds: Array(tokens).fill(0),
    label: 0,
    index,
  }));
  const [full, ...rest] = await timeAlternating(runs, rows, { warmup: 3, repeats: 1, now });
  model.dispose();
  disposeTree([backbone.params, planners]);
  const fullMs = quantile(full, 0.5);
  const atDepth = rest.map((times, executedLayers) => ({
    executedLayers,
    medianMs: Number(quantile(times, 0.5).toFixed(3)),
    p90Ms: Number(quantile(times, 0.9).toFixed(3)),
    overProportional: executedLayers === 0
      ? 0
      : Number((quantile(times, 0.5) * numLayers / executedLayers / fullMs).toFixed(3)),
  }));
  return { fullMedianMs: Number(fullMs.toFixed(3)), atDepth };
}
