/**
 * `deno task reproduce`: everything from set-up to tables. Trains what has no record yet, times it, renders tables,
 * figures and notebooks, and compares the numbers with the committed ones. `--jobs N` trains N runs at once, each in a
 * process of its own; without it one per core as far as memory reaches, and one at a time on a GPU.
 */
import { type Config, configWith } from "../config.ts";
import { InputError } from "../errors.ts";
import { taskById } from "../glue/mod.ts";
import { type Execute, type FrontEnd, frontEndOf, openFrontEnd } from "../notebook/mod.ts";
import { compareWithCommitted, comparisonTable, tablePlain } from "../report/mod.ts";
import { committedResults } from "../runs/ensure.ts";
import { type Grid, type MethodRequest, type RunRequest, runsOf } from "../runs/grid/grid.ts";
import { entryOf, methodEntries, possibleRuns, recipeOf } from "../runs/methods/mod.ts";
import { measureMissingLatencies } from "../runs/latency/pass.ts";
import { gridOf } from "../runs/grid/profiles.ts";
import type { RunContext } from "../runs/unfinished/run.ts";
import { readRecords } from "../runs/records/store.ts";
import type { Backend } from "../tensor/mod.ts";
import { backendFor } from "./backend.ts";
import { sayHowLong } from "./estimate.ts";
import { obtainInputs } from "./inputs.ts";
import { defaultJobs, parseJobs } from "./jobs.ts";
import { refreshPages } from "./pages.ts";
import { clock, progressPrinter } from "./progress.ts";
import { endIfAsked, executeNotebooks, projectRoot, renderReport } from "./render.ts";
import { stopSignal } from "./stop.ts";
import { trainAll } from "./train_all.ts";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";

/** What `--help` prints. */
export const usage =
  `deno task reproduce [--profile smoke|micro|glue] [--tasks LIST] [--methods LIST] [--seeds N|LIST] [--into FOLDER] [--jobs N] [--via kernel|jupyter] [--cell-minutes N] [--full] [--fresh]
  --profile       size of the experiment: micro is the default, smoke proves that everything runs, glue is real GLUE
  --tasks         e.g. mrpc,sts-b; by default the profile's own
  --methods       e.g. bert,dpbert
  --seeds         a number of seeds, or a list such as 0,2
  --into          folder of the results
  --jobs          runs that train at once
  --via           what executes the notebooks
  --cell-minutes  limit for each cell of a notebook
  --full          all tasks and seeds of the profile: hours on micro
  --fresh         trains again what has a record`;

/** What the options ask for, on top of the environment. */
export interface Wish {
  config: Config;
  grid: Grid;
  fresh: boolean;
  /** Runs that train at once; null: as many as the machine has room for. */
  jobs: number | null;
  /** What executes the notebooks. */
  via: FrontEnd;
  /** A cell that takes longer hangs: what trains for hours has a record before the notebooks are executed. */
  cellMinutes: number;
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
      full: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      jobs: { type: "string" },
      via: { type: "string", default: "kernel" },
      "cell-minutes": { type: "string", default: "60" },
    },
  });
  const via = frontEndOf(values.via), cellMinutes = Number(values["cell-minutes"]);
  if (!(cellMinutes > 0 && cellMinutes <= 10_000)) {
    throw new InputError(`--cell-minutes ${values["cell-minutes"]}: expected a number above 0, up to 10000.`);
  }
  const { profile, tasks, seeds, into } = values;
  const config = configWith({ profile, tasks, seeds, into }, env);
  const grid = gridOf(config, { full: values.full });
  return {
    config,
    grid: { ...grid, methods: chosenMethods(grid.methods, values.methods) },
    fresh: values.fresh,
    jobs: parseJobs(values.jobs),
    via,
    cellMinutes,
  };
}

/** The methods that `list` names as the profile runs them, in all their settings; one that it does not run, under its defaults. */
function chosenMethods(
  methods: readonly MethodRequest[],
  list: string | undefined,
): readonly MethodRequest[] {
  if (list === undefined) return methods;
  const names = list.split(",").map((name) => name.trim()), known = methodEntries.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InputError(
      `Unknown method "${unknown}" in --methods; expected a list out of ${known.join(", ")}.`,
    );
  }
  return known.filter((name) => names.includes(name)).flatMap((name) => {
    const usual = methods.filter(({ method }) => method === name);
    return usual.length > 0 ? usual : [{ method: name }];
  });
}

/** The runs of `grid` that can be done. Throws `InputError` where there is none, with why. */
export function requestsOf(grid: Grid): RunRequest[] {
  const requests = possibleRuns(grid);
  if (requests.length > 0) return requests;
  const [first] = runsOf(grid), { method, task } = first;
  throw new InputError(
    `Nothing is left to run: ${method} ${entryOf(method).cannotDo?.(taskById(task), recipeOf(first))}`,
  );
}

type Printer = ReturnType<typeof progressPrinter>;

/** Compares with the committed numbers, and says how; returns the exit code. */
export async function compare(
  results: string,
  profile: string,
  printer: Pick<Printer, "note">,
): Promise<number> {
  if (resolve(results) === committedResults) return 0;
  const committed = await readRecords(committedResults, profile);
  if (committed.length === 0) {
    printer.note(`\nnothing committed for profile ${profile} to compare with`);
    return 0;
  }
  const comparison = compareWithCommitted(await readRecords(results, profile), committed);
  printer.note(`\n${tablePlain(comparisonTable(comparison))}`);
  return comparison.exitCode;
}

/** See the file's first line. Exit code 0: all equal or inside the interval, 3: complete but outside, 1: a run failed. */
export async function run(args: string[]): Promise<number> {
  const wish = wishOf(args, Deno.env.toObject());
  const { config, grid } = wish, { profile } = grid, requests = requestsOf(grid);
  const started = performance.now();
  const printer = progressPrinter();
  const frontEnd = await openFrontEnd(wish.via, projectRoot); // before hours are spent on training
  const execute: Execute = (options) =>
    frontEnd({ ...options, cellTimeoutMs: Math.ceil(wish.cellMinutes * 60_000) });
  await obtainInputs(profile, grid.tasks, config, printer);
  // Until here Ctrl-C ends at once; a download goes on where it was.
  const { requested, signal } = stopSignal(printer.note);
  const backend = await backendFor(config, { profile, task: grid.tasks[0], method: null }, printer.note);
  const jobs = Math.min(requests.length, wish.jobs ?? await defaultJobs(wish, backend.name));
  printer.note(`${backendLine(profile, backend)}, ${jobs === 1 ? "one run" : `${jobs} runs`} at a time`);
  const now = () => performance.now();
  const failures = await trainAll(requests, {
    config,
    backend,
    jobs,
    fresh: wish.fresh,
    stop: signal,
    printer,
    onWaiting: (waiting) => sayHowLong(waiting, { config, backend, jobs, stop: signal, say: printer.note }),
    now,
  });
  if (failures.length === requests.length) {
    throw new InputError(
      `No run succeeded, so there is nothing to render; the first failure is ${failures[0]}`,
    );
  }
  endIfAsked(requested);
  const timing: RunContext = {
    config,
    backend,
    results: config.results,
    now,
    shouldStop: requested,
    onNote: printer.note,
  };
  for (const name of await measureMissingLatencies(requests, timing)) {
    printer.note(`${name}: its weights are gone, so its latency was not measured (--fresh trains it again)`);
  }

  const folder = resolve(config.results, profile);
  const files = await renderReport(folder, config.results, profile);
  endIfAsked(requested);
  const env = notebookEnv(wish, backend);
  const notebooks = await executeNotebooks(folder, execute, { env, printer, jobs, stop: signal });
  if (resolve(config.results) === committedResults) await refreshPages(projectRoot);
  const code = await compare(config.results, profile, printer);
  const done = `${
    requests.length - failures.length
  } of ${requests.length} runs, ${files.length} files of tables and figures, ${notebooks.length} notebooks`;
  printer.note(
    `\n${done} in ${relative(Deno.cwd(), folder)} (${clock((performance.now() - started) / 1000)})`,
  );
  for (const failure of failures) printer.note(`failed: ${failure}`);
  return failures.length > 0 ? 1 : code;
}

function backendLine(profile: string, { name, blas, adapter }: Backend): string {
  return `profile ${profile}, backend ${name}${blas ? ` with ${blas}` : ""}${
    adapter ? ` on ${adapter}` : ""
  }`;
}

/** What a notebook's kernel is told: the same grid, results and backend. */
function notebookEnv({ config, grid }: Wish, backend: Backend): Record<string, string> {
  return {
    DPB_PROFILE: grid.profile,
    DPB_TASKS: grid.tasks.join(),
    DPB_SEEDS: `${grid.seeds.join()},`,
    DPB_RESULTS: resolve(config.results),
    DPB_BACKEND: backend.name,
  };
}
