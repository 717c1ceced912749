/**
 * `deno task tune`: tries settings of each method, as many for all, on the held-out tenth of train. Writes what each trial
 * found and the table of what is chosen; the recipes stay as they are until somebody changes them by that table.
 */
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomic } from "../files/atomic.ts";
import { configWith } from "../config.ts";
import { InputError } from "../errors.ts";
import { taskById } from "../glue/mod.ts";
import { tablePlain, tuningTable } from "../report/mod.ts";
import { entryOf, methodEntries, recipeOf } from "../runs/methods/mod.ts";
import { gridOf } from "../runs/grid/profiles.ts";
import { type TaskTuning, tuneTask } from "../runs/tuning/tune.ts";
import { readTunings, type Trial, type Tuning } from "../runs/tuning/tuning.ts";
import { artefactFiles } from "./artefact_files.ts";
import { backendFor } from "./backend.ts";
import { obtainInputs } from "./inputs.ts";
import { progressPrinter } from "./progress.ts";
import { projectRoot } from "./render.ts";
import { stopSignal } from "./stop.ts";
import { parseSeed } from "./train.ts";

/** What `--help` prints. */
export const usage =
  `deno task tune [--profile smoke|micro|glue] [--tasks LIST] [--methods LIST] [--trials N] [--seed N] [--into FOLDER]
  --profile  size of the experiment
  --tasks    e.g. mrpc,sst-2; by default the profile's own. Several processes may tune different tasks
  --methods  by default all: ${methodEntries.map(({ name }) => name).join(", ")}
  --trials   of each method on each task, the recipe as it stands among them; by default 6
  --seed     by default 0
  --into     folder of the results`;

const most = 1000;

/** `"6"` -> 6. Throws `InputError` for anything but a whole number from 1 to 1000. */
function parseTrials(text: string): number {
  const trials = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (trials >= 1 && trials <= most) return trials;
  throw new InputError(`--trials ${text}: expected a whole number from 1 to ${most}.`);
}

/** The methods that `list` names, once each, in the order of all; all without one. */
function parseMethods(list: string | undefined): string[] {
  const all = methodEntries.map(({ name }) => name);
  const names = list?.split(",").map((name) => entryOf(name.trim()).name) ?? all;
  return all.filter((name) => names.includes(name));
}

/** The methods that can do the task. */
function methodsOn(task: string, { profile, seed }: Pick<TaskTuning, "profile" | "seed">, methods: string[]) {
  return methods.filter((method) => {
    const recipe = recipeOf({ profile, task, method, settings: {}, seed });
    return !entryOf(method).cannotDo?.(taskById(task), recipe);
  });
}

/** A line for a trial that is over. */
function trialLine(
  { task, method, numLayers }: Tuning,
  { settings, heldOutScore, meanExecutedLayers }: Trial,
) {
  const given = Object.entries(settings).map(([key, value]) => `${key}=${value}`).join(" ") || "the recipe";
  const score = heldOutScore === null ? "diverged" : `held-out score ${heldOutScore.toFixed(2)}`;
  const layers = meanExecutedLayers === null
    ? ""
    : ` at ${meanExecutedLayers.toFixed(2)} of ${numLayers} layers`;
  return `${task} ${method}, ${given}: ${score}${layers}`;
}

/** See the file's first lines. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: "string" },
      tasks: { type: "string" },
      methods: { type: "string" },
      trials: { type: "string", default: "6" },
      seed: { type: "string", default: "0" },
      into: { type: "string" },
    },
  });
  const config = configWith({ profile: values.profile, tasks: values.tasks, into: values.into });
  const trials = parseTrials(values.trials),
    seed = parseSeed(values.seed),
    methods = parseMethods(values.methods);
  const { profile, results } = config, { tasks } = gridOf(config), printer = progressPrinter();
  await obtainInputs(profile, tasks, config, printer);
  const stop = stopSignal(printer.note);
  for (const task of tasks) {
    const backend = await backendFor(config, { profile, task, method: null }, printer.note);
    const wanted = { profile, task, seed, trials, methods: methodsOn(task, { profile, seed }, methods) };
    await tuneTask(wanted, {
      config,
      backend,
      results,
      now: () => performance.now(),
      shouldStop: stop.requested,
      onProgress: printer.step,
      onNote: printer.note,
      onTrial: (tuning, trial) => printer.note(trialLine(tuning, trial)),
    });
  }
  for (const path of await writeTable(resolve(results), profile)) console.log(relative(Deno.cwd(), path));
  return 0;
}

/** Prints the table of all that was tuned in the profile, and writes it where `report` would. */
async function writeTable(results: string, profile: string): Promise<string[]> {
  const table = tuningTable(await readTunings(results, profile), profile), folder = join(results, profile);
  console.log(tablePlain(table));
  const files = await artefactFiles({ tables: [table], figures: [], pages: [] }, folder, projectRoot);
  for (const [path, content] of files) await writeAtomic(join(folder, path), content);
  return [...files.keys()].map((path) => join(folder, path));
}
