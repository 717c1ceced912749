/** The latency benchmark as a table, from what `results/bench/latency.json` holds and nothing else. */
import type { Table } from "../report/mod.ts";
import type { Machine } from "../runs/environment.ts";
import type { benchLatency } from "./latency.ts";

/** What `deno task bench` measured and where. */
export interface MeasuredLatency {
  backend: string;
  blas: string | null;
  adapter: string | null;
  machine: Machine;
  /** Load average before it ran; null where the system has none. */
  load: number | null;
  /** Version. */
  deno: string;
  latency: Awaited<ReturnType<typeof benchLatency>>;
}

/** Each depth beside its share of the full model. */
export function latencyTable({ backend, blas, machine, load, latency }: MeasuredLatency): Table {
  const { shape, tokens, examples, fullMedianMs, atDepth } = latency;
  return {
    name: "latency",
    caption:
      `Latency at batch size 1, planner included: ${shape}, random weights, ${tokens} tokens, ${examples} inputs per row, ` +
      `alternating; full model without a planner: ${
        fullMedianMs.toFixed(1)
      } ms. Proportion: the median over its share ` +
      `k / ${atDepth.length - 1} of the full model's; 1 is exactly proportional. ${backend}${
        blas ? ` with ${blas}` : ""
      }, ` +
      `one thread, ${machine.cpu}, load ${load ?? "unknown"}.`,
    columns: ["Layers executed", "Median (ms)", "90th percentile (ms)", "Proportion"],
    rows: atDepth.map(({ executedLayers, medianMs, p90Ms, overProportional }) => [
      `${executedLayers}`,
      medianMs.toFixed(1),
      p90Ms.toFixed(1),
      executedLayers === 0 ? "–" : overProportional.toFixed(2),
    ]),
    align: ["right", "right", "right", "right"],
  };
}
