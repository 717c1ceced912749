/**
 * `deno task submission`: the test predictions of one system on GLUE's eight tasks as the leaderboard's zip, from the
 * predictions that its runs kept or, where GLUE alone knows the labels, from their saved models. It is uploaded by hand.
 */
import { stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Config, configWith, trainableTasks } from "../config.ts";
import { InputError } from "../errors.ts";
import { writeAtomic } from "../files/atomic.ts";
import {
  checkSubmission,
  fillerNote,
  isFiller,
  leaderboardFiles,
  officialRows,
  submissionZip,
  taskById,
} from "../glue/mod.ts";
import { keyOf, type RunRequest } from "../runs/grid/grid.ts";
import { entryOf, recipeOf } from "../runs/methods/mod.ts";
import {
  type AskOptions,
  findTested,
  type TestedRun,
  testPredictions,
} from "../runs/finished/predictions_of_test_split.ts";
import { generatesRows, gridOf } from "../runs/grid/profiles.ts";
import type { Settings } from "../runs/recipe.ts";
import { trainCommand } from "../runs/records/record.ts";
import type { SavedRun } from "../runs/finished/saved.ts";
import { runName } from "../runs/records/store.ts";
import { committedResults } from "../runs/ensure.ts";
import { evaluationProgress } from "./evaluate.ts";
import { openOnBackend } from "./predict.ts";
import { parseSeed, parseSettings } from "./train.ts";

/** What `--help` prints. */
export const usage =
  `deno task submission [--profile smoke|micro|glue] [--method NAME] [--set KEY=VALUE] [--seed N] [--out FILE.zip]
  --profile  whose runs: your own where there are any, else the committed ones
  --method   by default dpbert
  --set      a setting of the runs, e.g. targetRate=0.6; by default those that the profile runs the method under
  --seed     by default 0
  --out      by default submission/ in the profile's folder of your own results`;

/** Examples in a batch of `predictAll`, which decides the backend where `auto` measures. */
const batchSize = 32;

/** One run per task, and where to look for them. */
interface Wish {
  config: Config;
  requests: RunRequest[];
  /** File name of the system's runs without extension. */
  name: string;
  out: string;
}

/** Throws `InputError` for unknown options, methods and settings, and for a place that holds no file. */
async function wishOf(args: string[]): Promise<Wish> {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: "string" },
      method: { type: "string", default: "dpbert" },
      set: { type: "string", multiple: true },
      seed: { type: "string", default: "0" },
      out: { type: "string" },
    },
  });
  const config = configWith({ profile: values.profile }), { profile } = config, { method } = values;
  entryOf(method); // throws for an unknown one
  const settings = values.set ? parseSettings(values.set) : usualSettings(profile, method);
  const seed = parseSeed(values.seed);
  const requests = trainableTasks.map((task) => ({ profile, task, method, settings, seed }));
  for (const request of requests) recipeOf(request); // throws for an unknown setting
  const name = runName(method, keyOf(requests[0]).setting, seed);
  const out = values.out ?? join(config.results, profile, "submission", `${name}.zip`);
  if ((await stat(out).catch(() => null))?.isDirectory()) {
    throw new InputError(`--out ${out} is a folder; name a file.`);
  }
  return { config, requests, name, out };
}

/** The first settings under which the profile runs the method. */
function usualSettings(profile: Config["profile"], name: string): Settings {
  const { methods } = gridOf({ profile, tasks: null, seeds: null }, { full: true });
  return methods.find(({ method }) => method === name)?.settings ?? {};
}

/** Every task's run. Throws one `InputError` that names all that is missing, with the commands that make it. */
async function findAll(
  requests: readonly RunRequest[],
  resultsDirs: readonly string[],
): Promise<TestedRun[]> {
  const found: TestedRun[] = [], missing: string[] = [];
  for (const request of requests) {
    const run = await findOne(request, resultsDirs);
    if (typeof run === "string") missing.push(`  ${taskById(request.task).title}: ${run}`);
    else found.push(run);
  }
  if (missing.length === 0) return found;
  const [{ method, seed, ...request }] = requests, { setting } = keyOf({ ...request, method, seed });
  throw new InputError(
    `A submission takes all ${requests.length} tasks; ${
      runName(method, setting, seed)
    } lacks ${missing.length}:\n` +
      missing.join("\n"),
  );
}

/** The run, or why there is none and what makes it. */
async function findOne(request: RunRequest, resultsDirs: readonly string[]): Promise<TestedRun | string> {
  const { method, task, settings } = request;
  const problem = entryOf(method).cannotDo?.(taskById(task), recipeOf(request));
  if (problem) return `${method} ${problem}`;
  try {
    return await findTested(request, resultsDirs) ??
      `no run. \`${trainCommand(request, settings)}\` makes it.`;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Values and rows by the name of the leaderboard's file. */
async function predictionsOf(runs: readonly TestedRun[], config: Config) {
  const values = new Map<string, number[]>(), rows = new Map<string, number>();
  for (const run of runs) {
    const { submissionFiles } = taskById(run.record.task);
    for (const answered of await testPredictions(run, askingWith(config))) {
      const name = submissionFiles[answered.split]!;
      values.set(name, answered.values);
      rows.set(name, answered.rows);
    }
  }
  return { values, rows };
}

function askingWith(config: Config): AskOptions {
  let progress: ReturnType<typeof evaluationProgress> | null = null;
  return {
    config,
    open: async (saved: SavedRun) => (await openOnBackend(saved, batchSize)).model,
    onRows: (done, total) => {
      if (done === 0) progress = evaluationProgress(total);
      progress?.rows(done);
    },
  };
}

/** See the file's first lines. Throws `InputError` where a task has no run, and writes nothing then. */
export async function run(args: string[], committed = committedResults): Promise<number> {
  const { config, requests, name, out } = await wishOf(args), { profile } = config;
  const runs = await findAll(requests, [resolve(config.results), committed]);
  const { values, rows } = await predictionsOf(runs, config), generated = generatesRows(profile);
  const zip = submissionZip(values);
  checkSubmission(
    zip,
    out,
    (file) => generated && !isFiller(file) ? rows.get(file.name)! : officialRows(file),
  );
  await writeAtomic(out, zip);
  const lines = leaderboardFiles.map((file) => {
    const own = runs.find(({ record }) => record.task === file.task.id);
    const count = isFiller(file) ? officialRows(file) : rows.get(file.name)!;
    const from = own ? relative(Deno.cwd(), own.file) : fillerNote(file);
    return `  ${file.name.padEnd(11)} ${String(count).padStart(6)} rows  ${from}`;
  });
  const place = relative(Deno.cwd(), out);
  console.log([`${place}: ${name} of profile ${profile}`, ...lines, whatNext(profile)].join("\n"));
  return 0;
}

/** What the zip is good for. */
function whatNext(profile: Config["profile"]): string {
  if (profile === "smoke") {
    return "These are generated rows with no answers: it shows the form, nothing can score it.";
  }
  if (profile === "micro") {
    return "These are generated rows, which the leaderboard does not know: `deno task data --profile micro --out DIR` " +
      "writes their answers, by which `deno task score` scores each file.";
  }
  return "Upload it at https://gluebenchmark.com/submit; its averages count the fillers as they are.";
}
