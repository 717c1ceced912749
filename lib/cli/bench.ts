/**
 * `deno task bench`: single inputs beside onnxruntime and at every depth; or what its options name. Each leaves JSON and
 * Markdown under results/bench and prints its table.
 */
import { parseArgs } from "node:util";
import { allRefused } from "../bench/faults/table.ts";
import { measureMicro } from "../bench/micro.ts";
import { readConfig } from "../config.ts";
import type { ComparedBackends } from "../bench/backends_table.ts";
import { tablePlain } from "../report/mod.ts";
import { compareBackends, comparedSteps, referenceBackend } from "../runs/lesson/backends.ts";
import { machine, versions } from "../runs/records/environment.ts";
import { measuredFaults } from "./bench_faults.ts";
import { measuredFrontEnds } from "./bench_front_ends.ts";
import { measuredLatency } from "./bench_latency.ts";
import { measuredTraining } from "./bench_training.ts";
import { writeBench } from "./bench_pages.ts";
import { refreshPages } from "./pages.ts";
import { projectRoot } from "./render.ts";
import { join } from "node:path";

/** What `--help` prints. */
export const usage =
  `deno task bench [--latency] [--training] [--backends] [--faults] [--kills N] [--front-ends N] [--micro]
  --latency       single inputs beside onnxruntime and at every depth; also without options
  --training      a training step beside PyTorch's
  --backends      the backends beside each other
  --faults        malformed things, each refused in a sentence or two, and kills (--kills N of them, by default 100)
  --front-ends N  both ways to execute a notebook, N times
  --micro         how much text micro-GLUE has, and what a model without depth makes of it`;

const folder = join(projectRoot, "results", "bench");

/** See the file's first line. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      backends: { type: "boolean", default: false },
      faults: { type: "boolean", default: false },
      "front-ends": { type: "string" },
      latency: { type: "boolean", default: true },
      kills: { type: "string", default: "100" },
      training: { type: "boolean", default: false },
      micro: { type: "boolean", default: false },
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
  if (values.micro) return await publish("micro", measureMicro(console.error));
  if (values.training) return await publish("training", await measuredTraining(console.error));
  if (values.backends) return await publish("backends", await comparedBackends());
  return await publish("latency", await measuredLatency(console.error));
}

async function comparedBackends(): Promise<ComparedBackends> {
  const backends = await compareBackends(readConfig(), (line) => console.error(line));
  const { deno } = versions();
  return { reference: referenceBackend.title, steps: comparedSteps, machine: machine(), deno, backends };
}

/** Writes a benchmark's files, brings the pages that show it up to date and prints its tables. */
async function publish(name: string, measured: unknown): Promise<number> {
  const tables = await writeBench(folder, name, measured);
  await refreshPages(projectRoot);
  for (const table of tables) console.log(tablePlain(table));
  return 0;
}
