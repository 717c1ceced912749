/**
 * `deno task bench`: batch-1 latency at every depth, with `--training` a training step beside PyTorch's, with
 * `--backends` the backends beside each other, with
 * `--front-ends N` both ways to execute a notebook N times, or with `--faults` (`--kills N`) malformed things and kills;
 * as JSON and Markdown under results/bench and on the screen.
 */
import { parseArgs } from "node:util";
import { allRefused } from "../bench/faults/table.ts";
import { benchLatency } from "../bench/latency.ts";
import { readConfig } from "../config.ts";
import type { ComparedBackends } from "../bench/backends_table.ts";
import type { MeasuredLatency } from "../bench/latency_table.ts";
import { tablePlain } from "../report/mod.ts";
import { compareBackends, comparedSteps, referenceBackend } from "../runs/backends.ts";
import { loadAverage, machine, versions } from "../runs/environment.ts";
import { startBackend } from "../tensor/mod.ts";
import { measuredFaults } from "./bench_faults.ts";
import { measuredFrontEnds } from "./bench_front_ends.ts";
import { measuredTraining } from "./bench_training.ts";
import { writeBench } from "./bench_pages.ts";
import { refreshPages } from "./pages.ts";
import { projectRoot } from "./render.ts";
import { join } from "node:path";

/** What `--help` prints. */
export const usage = `deno task bench [--training] [--backends] [--faults] [--kills N] [--front-ends N]
  without options: latency of one input at every depth
  --training      a training step beside PyTorch's
  --backends      the backends beside each other
  --faults        malformed things, each refused in a sentence or two, and kills (--kills N of them, by default 100)
  --front-ends N  both ways to execute a notebook, N times`;

const folder = join(projectRoot, "results", "bench");

/** See the file's first line. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      backends: { type: "boolean", default: false },
      faults: { type: "boolean", default: false },
      "front-ends": { type: "string" },
      kills: { type: "string", default: "100" },
      training: { type: "boolean", default: false },
    },
  });
  const rounds = values["front-ends"];
  if (rounds !== undefined) {
    return await publish("front_ends", await measuredFrontEnds(rounds, console.error));
  }
  if (values.faults) {
    const measured = await measuredFaults(values.kills, console.error);
    await publish("faults", measured);
    return allRefused(measured) ? 0 : 1;
  }
  if (values.training) return await publish("training", await measuredTraining(console.error));
  if (values.backends) return await publish("backends", await comparedBackends());
  const { backend: name, blas, simd } = readConfig();
  const backend = await startBackend(name === "auto" ? "wasm" : name, { blas, simd });
  const load = loadAverage();
  const latency = await benchLatency(backend);
  const { deno } = versions(), { adapter } = backend;
  const measured: MeasuredLatency = {
    backend: backend.name,
    blas: backend.blas,
    adapter,
    machine: machine(),
    load,
    deno,
    latency,
  };
  return await publish("latency", measured);
}

async function comparedBackends(): Promise<ComparedBackends> {
  const backends = await compareBackends(readConfig(), (line) => console.error(line));
  const { deno } = versions();
  return { reference: referenceBackend.title, steps: comparedSteps, machine: machine(), deno, backends };
}

/** Writes a benchmark's files, brings the pages that show it up to date and prints its table. */
async function publish(name: string, measured: unknown): Promise<number> {
  const table = await writeBench(folder, name, measured);
  await refreshPages(projectRoot);
  console.log(tablePlain(table));
  return 0;
}
