/** The benchmarks whose tables are committed: one list, so that none is written, shown or checked in its own way. */
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../errors.ts";
import { backendsTable, type ComparedBackends } from "../bench/backends_table.ts";
import { faultsTable, type MeasuredFaults } from "../bench/faults/table.ts";
import { frontEndsTable, type MeasuredFrontEnds } from "../bench/front_ends_table.ts";
import { latencyTable, type MeasuredLatency } from "../bench/latency_table.ts";
import type { MeasuredMicro } from "../bench/micro.ts";
import { microLeaksTable, microRowsTable } from "../bench/micro_table.ts";
import { type MeasuredTraining, trainingTable } from "../bench/training_table.ts";
import { type Table, tableMarkdown } from "../report/mod.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A benchmark: `results/bench/<name>.md` is the table that `tableOf` makes of what was measured, `<source>.json` (of the
 * page's own name unless said otherwise).
 */
interface BenchPage {
  name: string;
  source?: string;
  tableOf(measured: unknown): Table;
}

/** The name of the file that a page is made of, without its ending. */
export const sourceOf = ({ name, source = name }: Pick<BenchPage, "name" | "source">) => source;

export const benchPages: readonly BenchPage[] = [
  { name: "latency", tableOf: (measured) => latencyTable(measured as MeasuredLatency) },
  { name: "backends", tableOf: (measured) => backendsTable(measured as ComparedBackends) },
  { name: "front_ends", tableOf: (measured) => frontEndsTable(measured as MeasuredFrontEnds) },
  { name: "training", tableOf: (measured) => trainingTable(measured as MeasuredTraining) },
  { name: "micro_rows", source: "micro", tableOf: (measured) => microRowsTable(measured as MeasuredMicro) },
  { name: "micro_leaks", source: "micro", tableOf: (measured) => microLeaksTable(measured as MeasuredMicro) },
  { name: "faults", tableOf: (measured) => faultsTable(measured as MeasuredFaults) },
];

/** A benchmark's table, which leads to what was measured; `at` is the folder of both, as seen by whoever shows it. */
function leadingTable(page: BenchPage, measured: unknown, at: string): Table {
  const table = page.tableOf(measured), file = `${sourceOf(page)}.json`;
  const note = `Measured: [${file}](${posix.join(at, file)}).`;
  const leads = { note, head: [], rows: table.rows.map(() => []) };
  return { ...table, leads, places: { profile: at, project: posix.join(at, "../..") } };
}

/** The page of a benchmark. */
export function benchMarkdown(page: BenchPage, measured: unknown): string {
  return tableMarkdown(leadingTable(page, measured, "."));
}

/**
 * The committed table of the benchmark `name` as a notebook of the project at `root` shows it. Throws `InputError` if there
 * is no such page or the benchmark never ran.
 */
export async function benchTable(name: string, root = projectRoot): Promise<Table> {
  const tables = await committedBenchTables(root), table = tables.find((table) => table.name === name);
  if (table) return table;
  const names = tables.map(({ name }) => name).join(", ");
  throw new InputError(
    `results/bench has no table "${name}"; expected one of ${names}. \`deno task bench --help\` says how others are measured.`,
  );
}

/** Every committed benchmark's table as a notebook shows it. */
export async function committedBenchTables(root: string): Promise<Table[]> {
  const tables: Table[] = [];
  for (const page of benchPages) {
    const measured = await readMeasured(join(root, "results", "bench", `${sourceOf(page)}.json`));
    if (measured !== null) tables.push(leadingTable(page, measured, "../results/bench"));
  }
  return tables;
}

/** Writes what was measured and the pages that are made of it into `folder`; returns their tables. */
export async function writeBench(folder: string, source: string, measured: unknown): Promise<Table[]> {
  const pages = benchPages.filter((page) => sourceOf(page) === source);
  await writeAtomic(join(folder, `${source}.json`), JSON.stringify(measured, null, 2) + "\n");
  for (const page of pages) await writeAtomic(join(folder, `${page.name}.md`), benchMarkdown(page, measured));
  return pages.map((page) => page.tableOf(measured));
}

/** Writes the page of every benchmark in `folder` again from what was measured; returns the files. */
export async function refreshBenchPages(folder: string): Promise<string[]> {
  const written: string[] = [];
  for (const page of benchPages) {
    const measured = await readMeasured(join(folder, `${sourceOf(page)}.json`));
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
