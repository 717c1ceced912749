/** The latency pass: after all training, run by run, nothing else running. Writes each run's timing again. */
import type { EncodedExample } from "../../glue/mod.ts";
import { bert, openInference } from "../../methods/mod.ts";
import { Stopped } from "../../train/mod.ts";
import type { TimingRecord } from "../records/record.ts";
import { findTiming, hasRecord, writeTiming } from "../records/store.ts";
import { keyOf, type RunRequest } from "../grid/grid.ts";
import { measureLatency, spread } from "./latency.ts";
import { timingOf } from "../finished/conclude.ts";
import { withLock } from "../unfinished/lock.ts";
import { recipeOf, stage1Of } from "../methods/mod.ts";
import { encodeExamples } from "../sources/task_data.ts";
import { disposeModel, type TrainedModel } from "../models.ts";
import { lockFile, type RunContext } from "../unfinished/run.ts";
import { openModel } from "../finished/trained_model.ts";

/** Dev examples timed, passes before the clock counts, and times that each example is timed. */
const timedExamples = 100, warmup = 10, repeats = 3;

async function examplesOf({ sources }: TrainedModel, request: RunRequest) {
  const { maxLength } = recipeOf(request);
  const { examples } = await sources.split("dev");
  return encodeExamples(sources.wordPiece, spread(examples, timedExamples), maxLength);
}

/** Latency of `model` beside `full`, both open for inference as whoever uses them would have them. */
async function latencyBeside(
  model: TrainedModel,
  full: TrainedModel | null,
  examples: EncodedExample[],
  { now }: RunContext,
) {
  const [ours, theirs] = [model, full].map((m) => m && openInference(m.backbone, m.methodFor));
  try {
    return await measureLatency(ours!, theirs, examples, { warmup, repeats, now });
  } finally {
    ours?.dispose();
    theirs?.dispose();
  }
}

/** The full model: that of the run's task and seed or, not trained, a fresh one of its shape, which is as fast. */
async function fullModel(request: RunRequest, { sources, backbone }: TrainedModel, context: RunContext) {
  const trained = await openModel(stage1Of(request), context);
  if (trained) return trained;
  const fresh = { ...backbone, params: await sources.freshBackbone(request.seed) };
  return { sources, backbone: fresh, parts: {}, methodFor: bert, method: bert(fresh) };
}

/** Latency of one trained run beside the full model; null when its weights are gone. */
async function latencyOf(request: RunRequest, context: RunContext): Promise<TimingRecord["latency"] | null> {
  const model = await openModel(request, context);
  if (!model) return null;
  let full: TrainedModel | null = null;
  try {
    if (request.method !== "bert") full = await fullModel(request, model, context);
    const examples = await examplesOf(model, request);
    return await latencyBeside(model, full, examples, context);
  } finally {
    for (const opened of [model, full]) if (opened) disposeModel(opened);
  }
}

/** The timing of a run with a record; one whose file was lost starts with what this machine is. */
async function timingFor(request: RunRequest, context: RunContext): Promise<TimingRecord | null> {
  const key = keyOf(request), timing = await findTiming(context.results, key);
  if (timing || !await hasRecord(context.results, key)) return timing;
  return { ...timingOf({ request, context }, {}), peakMemoryMb: null, load: null };
}

/** Measures and writes the latency of `request` unless somebody else just did; false when its weights are gone. */
async function timeRun(request: RunRequest, context: RunContext): Promise<boolean> {
  const timing = await timingFor(request, context);
  if (!timing || timing.latency) return true;
  const latency = await latencyOf(request, context);
  if (latency) await writeTiming(context.results, { ...timing, latency });
  return latency !== null;
}

/**
 * Measures the latency of every request that has a record but no latency yet. Returns the names of runs whose weights
 * are gone, which cannot be timed without training them again. Throws `Stopped` between two runs.
 */
export async function measureMissingLatencies(
  requests: RunRequest[],
  context: RunContext,
): Promise<string[]> {
  const untimed: string[] = [];
  for (const request of requests) {
    const timing = await timingFor(request, context);
    if (!timing || timing.latency) continue;
    if (context.shouldStop?.()) {
      throw new Stopped(
        "Stopped while measuring latencies; the same command (without --fresh) continues there.",
      );
    }
    // Under the run's lock: another process may train the run again, or time it, at this moment.
    const lock = lockFile(context.results, request);
    const timed = await withLock(lock, () => timeRun(request, context), context);
    if (!timed) untimed.push(`${request.task} ${request.method} seed ${request.seed}`);
  }
  return untimed;
}
