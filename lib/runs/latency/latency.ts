/**
 * Batch-1 latency (as in the paper's 4.3): one example at a time at its true length, from token ids to
 * logits in JavaScript, planner included, tokenization excluded. Compared models alternate example by example, so that
 * a busy moment hits both.
 */
import { collate, type EncodedExample } from "../../glue/mod.ts";
import { mean } from "../../mean.ts";
import type { OpenInference } from "../../methods/mod.ts";
import { loadAverage } from "../records/environment.ts";
import type { TimingRecord } from "../records/record.ts";

export interface LatencyOptions {
  /** Passes before the clock counts, per model. */
  warmup: number;
  /** Times that every example is timed; its time is their median, so that one hiccup of the machine is none of it. */
  repeats: number;
  /** Milliseconds from an arbitrary origin. */
  now(): number;
}

/** The value at quantile `q` of `values` (nearest rank). */
export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
}

/** Milliseconds of every example for every model, the median of its repeats; [models][examples]. */
export async function timeAlternating(
  models: OpenInference[],
  examples: EncodedExample[],
  { warmup, repeats, now }: LatencyOptions,
) {
  const batches = examples.map((_, row) => collate(examples, [row]));
  for (let i = 0; i < warmup; i++) {
    for (const model of models) await model.infer(batches[i % batches.length]);
  }
  const times = models.map(() => examples.map((): number[] => []));
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [row, batch] of batches.entries()) {
      // The order turns round from example to example and from repeat to repeat: going first must not matter.
      const order = [...models.keys()];
      if ((row + repeat) % 2 === 1) order.reverse();
      for (const at of order) {
        const started = now();
        await models[at].infer(batch);
        times[at][row].push(now() - started);
      }
    }
  }
  return times.map((ofModel) => ofModel.map((ofExample) => quantile(ofExample, 0.5)));
}

/** `count` examples spread evenly over `examples`. */
export function spread<T>(examples: T[], count: number): T[] {
  const n = Math.min(count, examples.length);
  return Array.from({ length: n }, (_, i) => examples[Math.floor(i * examples.length / n)]);
}

const digits = (ms: number) => Number(ms.toFixed(3));

/**
 * Latency of `model` beside `full`, the stage-1 model with every layer; null: `model` is that model itself. The speed-up
 * compares means, what a stream of inputs takes: a median says nothing of the few inputs that leave late.
 */
export async function measureLatency(
  model: OpenInference,
  full: OpenInference | null,
  examples: EncodedExample[],
  options: LatencyOptions,
): Promise<NonNullable<TimingRecord["latency"]>> {
  const load = loadAverage();
  const [ours, theirs = ours] = await timeAlternating(full ? [model, full] : [model], examples, options);
  const meanMs = mean(ours), fullMeanMs = mean(theirs);
  return {
    meanMs: digits(meanMs),
    medianMs: digits(quantile(ours, 0.5)),
    p90Ms: digits(quantile(ours, 0.9)),
    n: examples.length,
    fullMeanMs: digits(fullMeanMs),
    fullMedianMs: digits(quantile(theirs, 0.5)),
    speedup: digits(fullMeanMs / meanMs),
    batchSize: 1,
    load,
  };
}
