/** `deno task bench [--latency]`: batch-1 latency, as JSON and Markdown under results/bench and on the screen. */
import { parseArgs } from "node:util";
import { latencyTable } from "../bench/latency_table.ts";
import { tableMarkdown, tablePlain } from "../report/mod.ts";
import { writeAtomic } from "../atomic.ts";
import { measuredLatency } from "./bench_latency.ts";
import { refreshPages } from "./pages.ts";
import { projectRoot } from "./render.ts";
import { join } from "node:path";

const folder = join(projectRoot, "results", "bench");

/** See the file's first line. */
export async function run(args: string[]): Promise<number> {
  parseArgs({ args, options: { latency: { type: "boolean", default: true } } });
  const measured = await measuredLatency(console.error), table = latencyTable(measured);
  await writeAtomic(join(folder, "latency.md"), tableMarkdown(table));
  await writeAtomic(join(folder, "latency.json"), JSON.stringify(measured, null, 2) + "\n");
  await refreshPages(projectRoot);
  console.log(tablePlain(table));
  return 0;
}
