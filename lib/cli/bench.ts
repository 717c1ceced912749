/** `deno task bench`: benchmarks, as JSON under results/bench and a table on the screen. */
import { benchLatency } from "../bench/latency.ts";
import { writeAtomic } from "../atomic.ts";
import { readConfig } from "../config.ts";
import { startBackend } from "../tensor/mod.ts";
import { loadAverage, machine, versions } from "../runs/environment.ts";

/** See the file's first line. */
export async function run(_args: string[]): Promise<number> {
  const { backend: name, blas } = readConfig();
  const backend = await startBackend(name === "auto" ? "wasm" : name, { blas });
  const load = loadAverage();
  const latency = await benchLatency(backend);
  const { deno } = versions();
  const result = {
    backend: backend.name,
    blas: backend.blas,
    adapter: backend.adapter,
    machine: machine(),
    load,
    deno,
    latency,
  };
  await writeAtomic("results/bench/latency.json", JSON.stringify(result, null, 2) + "\n");
  console.log(
    `full model: ${latency.fullMedianMs} ms at ${latency.tokens} tokens (${backend.name}, BLAS ${
      backend.blas ?? "none"
    }, load ${load})`,
  );
  console.table(latency.atDepth);
  return 0;
}
