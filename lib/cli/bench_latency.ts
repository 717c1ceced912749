/** `deno task bench --latency`: runs the latency benchmark. */
import { join } from "node:path";
import { benchContestants, benchDepths, peerAdvice } from "../bench/latency.ts";
import { latencyShapes } from "../bench/latency_shapes.ts";
import type { LatencyOutcome, MeasuredLatency } from "../bench/latency_table.ts";
import { readConfig } from "../config.ts";
import { loadAverage, machine, versions } from "../runs/records/environment.ts";
import { startBackend } from "../tensor/mod.ts";
import { projectRoot } from "./render.ts";

/** Measures all shapes, minutes on two cores; `log` is told how it goes. */
export async function measuredLatency(log: (line: string) => void): Promise<MeasuredLatency> {
  const { backend: name, blas, simd } = readConfig();
  const backend = await startBackend(name === "auto" ? "wasm" : name, { blas, simd });
  const peers = join(projectRoot, "data", ".cache", "peers"), load = loadAverage();
  const outcomes: LatencyOutcome[] = [];
  for (const shape of latencyShapes) {
    log(`${shape.name}: contestants in turn`);
    const beside = await benchContestants(backend.ops, shape, peers);
    if (beside.contestants.length < 4) {
      log(`onnxruntime is missing here. For the comparison: ${peerAdvice("data/.cache/peers")}`);
    }
    log(`${shape.name}: every depth`);
    const depths = await benchDepths(backend.ops, shape);
    outcomes.push({
      shape: shape.name,
      heads: shape.config.numHeads,
      tokens: shape.tokens,
      ...beside,
      ...depths,
    });
  }
  const { deno } = versions(), { adapter } = backend;
  return { backend: backend.name, blas: backend.blas, adapter, machine: machine(), load, deno, outcomes };
}
