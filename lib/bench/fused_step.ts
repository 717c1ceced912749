/**
 * One training step of the fused operations beside the composed ones (plain tfjs on the same matrix products), taking
 * turns in one process, at the three shapes of the benchmark. `deno run -A lib/bench/fused_step.ts` prints a line each.
 */
import { cpuUsage } from "node:process";
import { batchTensors, type BertConfig, classify, encode, everyLayer, randomBert } from "../bert/mod.ts";
import { readConfig } from "../config.ts";
import { quantile } from "../runs/latency/latency.ts";
import { composedOps } from "../tensor/composed.ts";
import {
  dispose,
  disposeTree,
  floatTensor,
  leaves,
  mean,
  type Ops,
  random,
  startBackend,
  tidy,
  valueAndGradients,
} from "../tensor/mod.ts";
import { adamW, applyGradients, disposeAdamW, taskLoss } from "../train/mod.ts";

/** A model and its batch. */
export interface BenchShape {
  config: BertConfig;
  batchSize: number;
  tokens: number;
}

const common = { maxPositions: 512, numSegments: 2, layerNormEpsilon: 1e-12 };
const micro = { ...common, numLayers: 12, numHeads: 4, vocabSize: 1000 };

/** The shapes of the benchmark, by name. */
export const benchShapes: Record<string, BenchShape> = {
  "12x64": { config: { ...micro, hiddenSize: 64, intermediateSize: 128 }, batchSize: 32, tokens: 32 },
  "12x128": { config: { ...micro, hiddenSize: 128, intermediateSize: 512 }, batchSize: 32, tokens: 32 },
  "6x384": {
    config: {
      ...common,
      numLayers: 6,
      numHeads: 12,
      vocabSize: 30522,
      hiddenSize: 384,
      intermediateSize: 1536,
    },
    batchSize: 8,
    tokens: 64,
  },
};

/** A model of its own for `ops`, with a function that trains it for one step and returns the loss. */
export function stepper(ops: Ops, { config, batchSize, tokens }: BenchShape) {
  const params = randomBert(config, 2, random(0, "model")), trained = leaves(params);
  const group = { name: "all", leaves: trained, schedule: () => 1e-4, weightDecay: 0.01, clipNorm: 1 };
  const optimizer = adamW([group]);
  return {
    step(step: number): number {
      const rng = random(0, "batch", step), size = batchSize * tokens;
      const batch = {
        tokenIds: Int32Array.from({ length: size }, () => Math.floor(rng() * config.vocabSize)),
        segmentIds: new Int32Array(size),
        mask: new Float32Array(size).fill(1),
        size: batchSize,
        length: tokens,
      };
      const labels = Float32Array.from({ length: batchSize }, (_, row) => row % 2);
      const { value, gradients } = valueAndGradients(() => {
        const hidden = encode(ops, params, config, batchTensors(ops, batch), everyLayer);
        const logits = classify(ops, params, hidden);
        return mean(taskLoss(ops, "classification", logits, floatTensor(labels, [batchSize])));
      }, trained.map(({ param }) => param));
      const reached = new Map(trained.map(({ path }, i) => [path, gradients[i]!]));
      tidy(() => applyGradients(ops, optimizer, step, reached));
      const [loss] = value.dataSync();
      dispose([value, ...gradients.filter((gradient) => gradient !== null)]);
      return loss;
    },
    dispose() {
      disposeAdamW(optimizer);
      disposeTree(params);
    },
  };
}

/** Medians of one side: milliseconds by the clock, and of processor time, which neighbours disturb less. */
export interface StepTime {
  wallMs: number;
  cpuMs: number;
}

/** Times `steps` steps of each side after three that warm up, alternating; the sides keep their order. */
export function alternateSteps(
  sides: { step(step: number): number }[],
  steps: number,
  now: () => number,
): StepTime[] {
  const wall: number[][] = sides.map(() => []), cpu: number[][] = sides.map(() => []);
  const warmup = 3, cpuNow = () => Object.values(cpuUsage()).reduce((a, b) => a + b) / 1000;
  for (let step = 0; step < warmup + steps; step++) {
    const order = [...sides.keys()];
    for (const side of step % 2 ? order : order.reverse()) {
      const [started, used] = [now(), cpuNow()];
      sides[side].step(step);
      if (step < warmup) continue;
      wall[side].push(now() - started);
      cpu[side].push(cpuNow() - used);
    }
  }
  return sides.map((_, i) => ({ wallMs: quantile(wall[i], 0.5), cpuMs: quantile(cpu[i], 0.5) }));
}

if (import.meta.main) {
  const { blas, simd } = readConfig();
  const backend = await startBackend("wasm", { blas, simd });
  for (const [name, shape] of Object.entries(benchShapes)) {
    const sides = [composedOps("wasm"), backend.ops].map((ops) => stepper(ops, shape));
    const [composed, fused] = alternateSteps(sides, 12, () => performance.now());
    for (const side of sides) side.dispose();
    const line = (of: keyof StepTime) =>
      `${composed[of].toFixed(0)} -> ${fused[of].toFixed(0)} ms (${(composed[of] / fused[of]).toFixed(2)}x)`;
    console.log(
      `${name}, ${backend.blas ?? "no BLAS"}, ${backend.simd}: wall ${line("wallMs")}, processor ${
        line("cpuMs")
      }`,
    );
  }
}
