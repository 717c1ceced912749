/**
 * `deno task reproduce`: everything from set-up to tables. Trains what has no record yet, times it, renders tables,
 * figures and notebooks, and compares the numbers with the committed ones.
 */
import { obtainWeights, weightsFolder, weightsSource } from "../bert/weights.ts";
import { type Config, configWith } from "../config.ts";
import { InputError } from "../errors.ts";
import { executeNotebook, saveFigure, saveTable } from "../notebook/mod.ts";
import { artefacts, compareWithCommitted, comparisonTable, readPaper, tablePlain } from "../report/mod.ts";
import { type Grid, type RunRequest, runsOf } from "../runs/grid.ts";
import { measureMissingLatencies } from "../runs/latency_pass.ts";
import { defaultMethods, gridOf } from "../runs/profiles.ts";
import { recipeFor } from "../runs/recipe.ts";
import { readRecords, readTimings, settingSlug } from "../runs/store.ts";
import { openSources } from "../runs/task_data.ts";
import type { RunContext } from "../runs/run.ts";
import { trainRun } from "../runs/unit.ts";
import { Stopped } from "../train/mod.ts";
import { chooseBackend, stepShape } from "./backend.ts";
import { refreshPages } from "./pages.ts";
import { clock, progressPrinter } from "./progress.ts";
import { stopSignal } from "./stop.ts";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
const committedRoot = join(projectRoot, "results");

/** What the options ask for, on top of the environment. */
export interface Wish {
  config: Config;
  grid: Grid;
  fresh: boolean;
}

/** Options win over `DPB_*` variables of the same meaning. Throws `InputError` for unknown names. */
export function wishOf(args: string[], env: Record<string, string>): Wish {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: "string" },
      tasks: { type: "string" },
      methods: { type: "string" },
      seeds: { type: "string" },
      into: { type: "string" },
      fresh: { type: "boolean", default: false },
    },
  });
  const config = configWith({
    DPB_PROFILE: values.profile,
    DPB_TASKS: values.tasks,
    DPB_SEEDS: values.seeds,
    DPB_RESULTS: values.into,
  }, env);
  const grid = gridOf(config);
  return { config, grid: { ...grid, methods: chosenMethods(values.methods) }, fresh: values.fresh };
}

function chosenMethods(list: string | undefined) {
  const names = list?.split(",").map((name) => name.trim()) ?? defaultMethods.map(({ method }) => method);
  const unknown = names.find((name) => !defaultMethods.some(({ method }) => method === name));
  if (unknown !== undefined) {
    const known = defaultMethods.map(({ method }) => method).join(", ");
    throw new InputError(`Unknown method "${unknown}" in --methods; expected a list out of ${known}.`);
  }
  return defaultMethods.filter(({ method }) => names.includes(method));
}

type Printer = ReturnType<typeof progressPrinter>;

/** Weights of the glue profile, fetched if need be. */
async function setUp({ config, grid }: Wish, printer: Printer): Promise<void> {
  if (grid.profile === "smoke" || config.bertDir) return;
  const source = weightsSource("minilm");
  await obtainWeights(source, weightsFolder("minilm", config), config, {
    progress: {
      say: printer.note,
      advance: ({ name, size }, received) =>
        printer.live(`${source.name} ${name}: ${Math.floor(100 * received / size)} %`),
    },
  });
}

/** Trains every request; one that fails does not stop the others. Returns what failed. */
async function trainAll(requests: RunRequest[], context: RunContext, printer: Printer): Promise<string[]> {
  const failures: string[] = [];
  for (const [at, request] of requests.entries()) {
    const { task, method, seed } = request, name = `${task} ${method} seed ${seed}`;
    try {
      const record = await trainRun(request, context);
      const { meanExecutedLayers, numLayers } = record.path;
      printer.note(
        `[${at + 1}/${requests.length}] ${name}: score ${record.metrics.score.toFixed(1)} at ${
          meanExecutedLayers.toFixed(2)
        } of ${numLayers} layers`,
      );
    } catch (error) {
      if (error instanceof Stopped || !(error instanceof InputError)) throw error;
      failures.push(`${name}: ${error.message}`);
      printer.note(`[${at + 1}/${requests.length}] ${name} failed: ${error.message}`);
    }
  }
  return failures;
}

/** Tables and figures from the records on disk. */
async function render(folder: string, results: string, profile: string): Promise<string[]> {
  const [records, timings] = [await readRecords(results, profile), await readTimings(results, profile)];
  const setting = settingSlug(defaultMethods.find(({ method }) => method === "dpbert")!.settings!);
  const { tables, figures } = artefacts(records, timings, readPaper(), profile, setting);
  const files: string[] = [];
  console.log(`\n${tablePlain(tables[0])}`);
  for (const table of tables) files.push(...await saveTable(table, join(folder, "tables")));
  for (const figure of figures) files.push(...await saveFigure(figure, join(folder, "figures")));
  return files;
}

/** Executes a copy of every notebook, in the order of their names. */
async function executeNotebooks(
  folder: string,
  env: Record<string, string>,
  printer: Printer,
): Promise<string[]> {
  const source = join(projectRoot, "notebooks"), names: string[] = [];
  for await (const { name } of Deno.readDir(source)) if (name.endsWith(".ipynb")) names.push(name);
  for (const name of names.sort()) {
    await executeNotebook({
      notebook: join(source, name),
      output: join(folder, "notebooks", name),
      env,
      onProgress: ({ state, line }) => state === "finished" ? printer.note(line) : printer.live(line),
    });
  }
  return names.map((name) => join(folder, "notebooks", name));
}

async function compare(results: string, profile: string, printer: Printer): Promise<number> {
  if (resolve(results) === committedRoot) return 0;
  const committed = await readRecords(committedRoot, profile);
  if (committed.length === 0) return 0;
  const comparison = compareWithCommitted(await readRecords(results, profile), committed);
  printer.note(`\n${tablePlain(comparisonTable(comparison))}`);
  return comparison.exitCode;
}

/** See the file's first line. Exit code 0: all equal or inside the interval, 3: complete but outside, 1: a run failed. */
export async function run(args: string[]): Promise<number> {
  const wish = wishOf(args, Deno.env.toObject());
  const { config, grid } = wish, { profile } = grid;
  const started = performance.now();
  const printer = progressPrinter();
  await setUp(wish, printer);
  const sources = await openSources(profile, grid.tasks[0], config);
  const shape = stepShape(sources, recipeFor(profile, grid.tasks[0], {}));
  const backend = await chooseBackend(config, shape, printer.note);
  printer.note(
    `profile ${profile}, backend ${backend.name}${backend.blas ? ` with ${backend.blas}` : ""}${
      backend.adapter ? ` on ${backend.adapter}` : ""
    }`,
  );
  const context: RunContext = {
    config,
    backend,
    results: config.results,
    now: () => performance.now(),
    shouldStop: stopSignal().requested,
    onProgress: printer.step,
    onNote: printer.note,
    fresh: wish.fresh,
  };
  const requests = runsOf(grid);
  const failures = await trainAll(requests, context, printer);
  const untimed = await measureMissingLatencies(requests, context);
  for (const name of untimed) {
    printer.note(`${name}: its weights are gone, so its latency was not measured (--fresh trains it again)`);
  }

  const folder = resolve(config.results, profile);
  const files = await render(folder, config.results, profile);
  const env = {
    DPB_PROFILE: profile,
    DPB_TASKS: grid.tasks.join(),
    DPB_SEEDS: `${grid.seeds.join()},`,
    DPB_RESULTS: resolve(config.results),
    DPB_BACKEND: backend.name,
  };
  const notebooks = await executeNotebooks(folder, env, printer);
  if (resolve(config.results) === committedRoot) await refreshPages(projectRoot);
  const code = await compare(config.results, profile, printer);
  printer.note(
    `\n${
      requests.length - failures.length
    } of ${requests.length} runs, ${files.length} files of tables and figures, ${notebooks.length} notebooks in ${
      relative(Deno.cwd(), folder)
    } (${clock((performance.now() - started) / 1000)})`,
  );
  for (const failure of failures) printer.note(`failed: ${failure}`);
  return failures.length > 0 ? 1 : code;
}
