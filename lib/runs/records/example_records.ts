/** Hand-made records for the tests of this room and of `report`; small numbers that can be checked by eye. */
import { recipeHash, type RunRecord, schemaVersion, type TimingRecord } from "./record.ts";

/** 64 hexadecimal digits. */
const digest = "ab".repeat(32);

/** A valid MRPC record of DPBERT, seed 0, that executes 5 of 6 layers; `changes` replace top-level fields. */
export function exampleRecord(changes: Partial<RunRecord> = {}): RunRecord {
  const recipe = { learningRate: 1e-4, epochs: 3, targetRate: 0.6 };
  return {
    schemaVersion,
    profile: "glue",
    task: "mrpc",
    method: "dpbert",
    setting: "",
    seed: 0,
    parent: "bert-s0",
    recipe,
    recipeHash: recipeHash(recipe, { "train.tsv": digest }, digest),
    backend: "wasm",
    blas: "openblas",
    data: { sha256: { "train.tsv": digest }, rows: { "dev.tsv": 408, "train.tsv": 3667 }, warnings: [] },
    weights: { name: "all-MiniLM-L6-v2", sha256: digest },
    metrics: { accuracy: 82, f1: 87, score: 84.5 },
    path: { meanExecutedLayers: 5, numLayers: 6, executedShare: [1, 1, 1, 1, 0, 1], distinctPaths: 1 },
    controls: { commonestPath: "111101", commonestPathShare: 1, shuffledPathsScore: 84.5 },
    selection: { rule: "best held-out score within the target rate", step: 200, heldOutScore: 85 },
    flops: { meanPerExample: 250, fullPerExample: 300 },
    provenance: { commit: null, libHash: digest },
    ...changes,
  };
}

/** The timing beside `exampleRecord`: 10 ms against 12 ms; `changes` replace top-level fields. */
export function exampleTiming(changes: Partial<TimingRecord> = {}): TimingRecord {
  return {
    schemaVersion,
    profile: "glue",
    task: "mrpc",
    method: "dpbert",
    setting: "",
    seed: 0,
    seconds: { reinforcement: 600 },
    peakMemoryMb: 900,
    latency: {
      meanMs: 10,
      medianMs: 9,
      p90Ms: 14,
      n: 408,
      fullMeanMs: 12,
      fullMedianMs: 12,
      speedup: 1.2,
      batchSize: 1,
      load: 0.1,
    },
    machine: { cpu: "a processor", cores: 2, os: "linux x86_64" },
    adapter: null,
    versions: { deno: "2.9.6" },
    load: 0.5,
    ...changes,
  };
}
