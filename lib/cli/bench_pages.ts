/** The benchmarks whose tables are committed: one list, so that none is written, shown or checked in its own way. */
import { join } from "node:path";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../errors.ts";
import { backendsTable, type ComparedBackends } from "../bench/backends_table.ts";
import { faultsTable, type MeasuredFaults } from "../bench/faults/table.ts";
import { frontEndsTable, type MeasuredFrontEnds } from "../bench/front_ends_table.ts";
import { latencyTable, type MeasuredLatency } from "../bench/latency_table.ts";
import { type MeasuredTraining, trainingTable } from "../bench/training_table.ts";
import { type Table, tableMarkdown } from "../report/mod.ts";

/** A benchmark: `results/bench/<name>.json` is what was measured, `<name>.md` the table that `tableOf` makes of it. */
interface BenchPage {
  name: string;
  tableOf(measured: unknown): Table;
}

export const benchPages: readonly BenchPage[] = [
  { name: "latency", tableOf: (measured) => latencyTable(measured as MeasuredLatency) },
  { name: "backends", tableOf: (measured) => backendsTable(measured as ComparedBackends) },
  { name: "front_ends", tableOf: (measured) => frontEndsTable(measured as MeasuredFrontEnds) },
  { name: "training", tableOf: (measured) => trainingTable(measured as MeasuredTraining) },
  { name: "faults", tableOf: (measured) => faultsTable(measured as MeasuredFaults) },
];

/** The page of a benchmark: its table, which leads to what was measured. */
export function benchMarkdown({ name, tableOf }: BenchPage, measured: unknown): string {
  const table = tableOf(measured);
  const leads = { note: `Measured: [${name}.json](${name}.json).`, head: [], rows: table.rows.map(() => []) };
  return tableMarkdown({ ...table, leads, places: { profile: ".", project: "../.." } });
}

/** Writes both files of the benchmark `name` into `folder` and returns its table. */
export async function writeBench(folder: string, name: string, measured: unknown): Promise<Table> {
  const page = benchPages.find((page) => page.name === name)!;
  await writeAtomic(join(folder, `${name}.json`), JSON.stringify(measured, null, 2) + "\n");
  await writeAtomic(join(folder, `${name}.md`), benchMarkdown(page, measured));
  return page.tableOf(measured);
}

/** Writes the page of every benchmark in `folder` again from what was measured; returns the files. */
export async function refreshBenchPages(folder: string): Promise<string[]> {
  const written: string[] = [];
  for (const page of benchPages) {
    const measured = await readMeasured(join(folder, `${page.name}.json`));
    if (measured === null) continue;
    written.push(join(folder, `${page.name}.md`));
    await writeAtomic(written.at(-1)!, benchMarkdown(page, measured));
  }
  return written;
}

/** What a benchmark measured; null if it never ran here. Throws `InputError` for a file that is cut off. */
export async function readMeasured(path: string): Promise<unknown> {
  const text = await Deno.readTextFile(path).catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is not complete JSON (${(error as Error).message}); measure it again.`);
  }
}
