/**
 * What the lesson notebooks look at inside a model, as plain numbers: h_CLS before and after every layer, execute
 * probabilities, one sampled path with every term of the objective. Nothing here trains.
 */
import { batchTensors, classify, clsState, encode, everyLayer, type Gate } from "../../bert/mod.ts";
import { collate, type EncodedExample } from "../../glue/mod.ts";
import {
  actionLogProbs,
  type Backbone,
  emptyTrace,
  objective,
  type ObjectiveSettings,
  type Planner,
  plannerLeaves,
  type PlanTrace,
  rewards,
  sampledGate,
  softGate,
} from "../../methods/mod.ts";
import {
  dispose,
  floatTensor,
  keep,
  type Ops,
  random,
  read,
  setValues,
  stack,
  type Tensor,
  tidy,
  uniforms,
} from "../../tensor/mod.ts";
import { type LabelKind, type Snapshot, taskLoss } from "../../train/mod.ts";

/** A gate that only looks: shows `see` the CLS states [B, H] before the layer, then does what `gate` does. */
export function lookingGate(ops: Ops, gate: Gate, see: (clsStates: Tensor) => void): Gate {
  return (layer, hidden, run) => {
    see(clsState(ops, hidden));
    return gate(layer, hidden, run);
  };
}

/** One pass of a batch, looked at. Rows are examples in the order given. */
export interface WatchedPass {
  /** h_CLS of h^0 to h^L: [L + 1] of row-major [B, H]. */
  clsStates: Float32Array[];
  /** Row-major [B, C]. */
  logits: Float32Array;
  /** s^i (Eq. 4): [L] of [B]; empty without a planner. */
  executeProbs: Float32Array[];
  hiddenSize: number;
}

/** Sends `examples` as one batch through `gate` and looks; `trace` is the one that the gate writes to. */
export async function watchPass(
  backbone: Backbone,
  examples: EncodedExample[],
  gate: Gate = everyLayer,
  trace: PlanTrace = emptyTrace(),
): Promise<WatchedPass> {
  const { ops, params, config } = backbone, seen: Tensor[] = [];
  const tensors = tidy(() => {
    const looking = lookingGate(ops, gate, (clsStates) => seen.push(clsStates));
    const hidden = encode(
      ops,
      params,
      config,
      batchTensors(ops, collate(examples, [...examples.keys()])),
      looking,
    );
    return [classify(ops, params, hidden), ...seen, clsState(ops, hidden), ...trace.executeProbs].map(keep);
  });
  const [logits, ...values] = await Promise.all(tensors.map(read));
  dispose(tensors);
  const states = config.numLayers + 1;
  return {
    clsStates: values.slice(0, states),
    logits,
    executeProbs: values.slice(states),
    hiddenSize: config.hiddenSize,
  };
}

/** As `watchPass` through the soft gates of stage 2 (section 3.2.2). */
export function watchSoftPass(
  backbone: Backbone,
  planner: Planner,
  examples: EncodedExample[],
): Promise<WatchedPass> {
  const trace = emptyTrace();
  return watchPass(backbone, examples, softGate(backbone.ops, planner, trace), trace);
}

/** As `watchPass` through gates that decide hard: a layer runs where s > 0.5 (Eq. 5). */
export function watchPlannedPass(
  backbone: Backbone,
  planner: Planner,
  examples: EncodedExample[],
): Promise<WatchedPass> {
  const trace = emptyTrace(), halves = planner.map(() => new Float32Array(examples.length).fill(0.5));
  return watchPass(backbone, examples, sampledGate(backbone.ops, planner, trace, halves), trace);
}

/** The CLS state of one example on its way. */
export interface LayerState {
  /** 0 is the embedding, i the state after layer i. */
  layer: number;
  /** Euclidean norm of h_CLS^i. */
  norm: number;
  /** Norm of h_CLS^i - h_CLS^(i-1); null for the embedding. */
  change: number | null;
}

const norm = (values: Float32Array) => Math.hypot(...values);

/** How far each layer moves the CLS state of example `row`. */
export function layerStates({ clsStates, hiddenSize }: WatchedPass, row = 0): LayerState[] {
  const states = clsStates.map((all) => all.subarray(row * hiddenSize, (row + 1) * hiddenSize));
  return states.map((state, layer) => ({
    layer,
    norm: norm(state),
    change: layer === 0 ? null : norm(state.map((x, i) => x - states[layer - 1][i])),
  }));
}

/** What the examples of a pass have in common at one layer's gate. */
export interface GateSpread {
  /** From 1. */
  layer: number;
  mean: number;
  /** Standard deviation over the examples of s^i. */
  deviation: number;
  smallest: number;
  largest: number;
  /** Standard deviation over the examples of the gate's input, root mean square over its numbers. */
  inputDeviation: number;
}

/** How much the execute probabilities, and what the gates see, differ between the examples of a pass. */
export function gateSpreads({ clsStates, executeProbs, hiddenSize }: WatchedPass): GateSpread[] {
  return executeProbs.map((probs, at) => {
    const columns = Array.from(
      { length: hiddenSize },
      (_, column) => clsStates[at].filter((_, i) => i % hiddenSize === column),
    );
    return {
      layer: at + 1,
      mean: probs.reduce((total, s) => total + s, 0) / probs.length,
      deviation: deviation(probs),
      smallest: Math.min(...probs),
      largest: Math.max(...probs),
      inputDeviation: Math.sqrt(
        columns.reduce((total, column) => total + deviation(column) ** 2, 0) / columns.length,
      ),
    };
  });
}

/** Measured from the first value, so that equal values give exactly 0. */
function deviation(values: Float32Array): number {
  const shifted = Array.from(values, (x) => x - values[0]);
  const mean = shifted.reduce((total, x) => total + x, 0) / shifted.length;
  return Math.sqrt(shifted.reduce((total, x) => total + (x - mean) ** 2, 0) / shifted.length);
}

/** A sigmoid of this is 1 in float32. */
const certain = 1000;

/** Sets every plan network to s = 1 or s = 0, whatever it sees. */
export function forcePlanner(planner: Planner, executeProb: 0 | 1): void {
  for (const { path, param } of plannerLeaves(planner)) {
    const value = path.endsWith("bias") ? (executeProb === 1 ? certain : -certain) : 0;
    setValues(param, new Float32Array(param.size).fill(value));
  }
}

/** The largest difference between two outputs; 0 means equal bit for bit. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  return Math.max(...a.map((x, i) => Math.abs(x - b[i])));
}

/** Names of the parameters that are not the same bit for bit in two snapshots. */
export function changedParameters(before: Snapshot, after: Snapshot): string[] {
  return [...before.keys()].filter((path) => {
    const [a, b] = [before.get(path)!.data, after.get(path)?.data];
    return b === undefined || a.length !== b.length || a.some((x, i) => !Object.is(x, b[i]));
  });
}

/** One layer of a sampled path. */
export interface SampledLayer {
  /** From 1. */
  layer: number;
  /** s^i (Eq. 4). */
  executeProb: number;
  /** Uniform number in [0, 1): the layer runs where it is below s^i. */
  draw: number;
  /** a^i (Eq. 8). */
  action: number;
  /** log pi(a^i) (Eq. 7). */
  logProb: number;
  /** R^i (Eq. 9). */
  reward: number;
}

/** One example's sampled path and the objective it gives. */
export interface SampledPath {
  layers: SampledLayer[];
  /** The task loss of this path. */
  taskLoss: number;
  /** sum_i R^i. */
  totalReward: number;
  /** sum_i R^i log pi(a^i): what stands for the expected rewards when gradients are taken (R10). */
  policyTerm: number;
  /** mu (Eq. 10). */
  meanExecuteProb: number;
  /** xi (Eq. 11). */
  ratePenalty: number;
}

/** Samples a path for one example (Eq. 8) and computes every term of Eq. 7-12; `seed` draws the path. */
export async function samplePath(
  { backbone, planner }: { backbone: Backbone; planner: Planner },
  kind: LabelKind,
  example: EncodedExample,
  settings: ObjectiveSettings,
  seed: number,
): Promise<SampledPath> {
  const { ops, params, config } = backbone;
  const draws = uniforms(random(seed, "lesson path"), config.numLayers);
  const tensors = tidy(() => {
    const trace = emptyTrace(), batch = collate([example], [0]);
    const gate = sampledGate(ops, planner, trace, Array.from(draws, (draw) => Float32Array.of(draw)));
    const hidden = encode(ops, params, config, batchTensors(ops, batch), gate);
    const labels = floatTensor(batch.labels, [1]);
    const losses = taskLoss(ops, kind, classify(ops, params, hidden), labels);
    const terms = objective(losses, trace, settings);
    const actions = stack(trace.actions, 1), logProbs = actionLogProbs(trace); // [1, L]
    const reward = rewards(actions, losses, settings.beta);
    const scalars = [
      terms.taskLoss,
      terms.totalReward,
      terms.policyTerm,
      terms.meanExecuteProb,
      terms.ratePenalty,
    ];
    return [stack(trace.executeProbs, 1), actions, logProbs, reward, ...scalars].map(keep);
  });
  const [probs, actions, logProbs, reward, ...scalars] = await Promise.all(tensors.map(read));
  dispose(tensors);
  const [loss, totalReward, policyTerm, meanExecuteProb, ratePenalty] = scalars.map(([value]) => value);
  const layers = Array.from(draws, (draw, at) => ({
    layer: at + 1,
    executeProb: probs[at],
    draw,
    action: actions[at],
    logProb: logProbs[at],
    reward: reward[at],
  }));
  return { layers, taskLoss: loss, totalReward, policyTerm, meanExecuteProb, ratePenalty };
}

/** Eq. 9 for a path given as a 0/1 string and a task loss: R^1 to R^L. */
export async function rewardsOfPath(path: string, loss: number, beta: number): Promise<number[]> {
  const result = tidy(() =>
    rewards(floatTensor([...path].map(Number), [1, path.length]), floatTensor([loss], [1]), beta)
  );
  const values = await read(result);
  result.dispose();
  return [...values];
}
