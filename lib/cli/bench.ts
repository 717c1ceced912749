/** `deno task bench`: batch-1 latency at every depth, as JSON and Markdown under results/bench and on the screen. */
import { parseArgs } from "node:util";
import { benchLatency } from "../bench/latency.ts";
import { readConfig } from "../config.ts";
import { type Table, tableMarkdown, tablePlain } from "../report/mod.ts";
import { loadAverage, machine, versions } from "../runs/environment.ts";
import { type Backend, startBackend } from "../tensor/mod.ts";
import { writeAtomic } from "../atomic.ts";
import { refreshPages } from "./pages.ts";
import { projectRoot } from "./render.ts";
import { join } from "node:path";

const folder = join(projectRoot, "results", "bench");

type Latency = Awaited<ReturnType<typeof benchLatency>>;

/** The benchmark as a table; `load` is the load average before it ran. */
export function latencyTable(
  latency: Latency,
  { name, blas }: Pick<Backend, "name" | "blas">,
  load: number | null,
): Table {
  const { shape, tokens, examples, fullMedianMs, atDepth } = latency, { cpu } = machine();
  return {
    name: "latency",
    caption:
      `Latency at batch size 1, planner included: ${shape}, random weights, ${tokens} tokens, ${examples} inputs per row, ` +
      `alternating; full model without a planner: ${
        fullMedianMs.toFixed(1)
      } ms. Proportion: the median over its share ` +
      `k / ${atDepth.length - 1} of the full model's; 1 is exactly proportional. ${name}${
        blas ? ` with ${blas}` : ""
      }, ` +
      `one thread, ${cpu}, load ${load ?? "unknown"}.`,
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

/** See the file's first line. */
export async function run(args: string[]): Promise<number> {
  parseArgs({ args, options: {} });
  const { backend: name, blas, simd } = readConfig();
  const backend = await startBackend(name === "auto" ? "wasm" : name, { blas, simd });
  const load = loadAverage();
  const latency = await benchLatency(backend);
  const table = latencyTable(latency, backend, load);
  const { deno } = versions(), { adapter } = backend;
  const measured = {
    backend: backend.name,
    blas: backend.blas,
    adapter,
    machine: machine(),
    load,
    deno,
    latency,
  };
  await writeAtomic(join(folder, "latency.md"), tableMarkdown(table));
  await writeAtomic(join(folder, "latency.json"), JSON.stringify(measured, null, 2) + "\n");
  await refreshPages(projectRoot);
  console.log(tablePlain(table));
  return 0;
}
