/**
 * Tuning: as many trials for every method, judged on the held-out tenth of train. What they found is
 * a file per task and method; the trials themselves are no runs and leave nothing else.
 */
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { ignoreMissing } from "../../files/missing.ts";
import { holdOut } from "../../glue/mod.ts";
import { requestHash } from "../finished/finished.ts";
import type { RunRequest } from "../grid/grid.ts";
import { withLock } from "../unfinished/lock.ts";
import { entryOf, recipeOf } from "../methods/mod.ts";
import { settingKeys } from "../recipe.ts";
import { schemaVersion } from "../records/record.ts";
import type { RunContext } from "../unfinished/run.ts";
import { settingSlug } from "../records/store.ts";
import { openSources, readSplits, splitSums } from "../sources/task_data.ts";
import { trainTrial } from "./trial.ts";
import { trialSettings } from "./trial_settings.ts";
import { findTuning, type Trial, type Tuning, tuningFile, writeTuning } from "./tuning.ts";

/** What is tuned on one task. */
export interface TaskTuning {
  profile: string;
  task: string;
  methods: readonly string[];
  seed: number;
  /** Of each method, the recipe as it stands included. */
  trials: number;
}

/** What tuning needs from its caller. */
export interface TuningContext extends Omit<RunContext, "fresh"> {
  /** Told of each trial that was trained. */
  onTrial?(tuning: Tuning, trial: Trial): void;
}

/**
 * Trains what is missing of the trials on a task, and writes a method's file after each. Called again it goes on where it
 * was; another process that works on the same task is waited for. Throws as `trainRun`, and `InputError` for a file that
 * is broken, of another seed or of more trials, and for more trials than a search space has.
 */
export async function tuneTask(wanted: TaskTuning, context: TuningContext): Promise<Tuning[]> {
  const { profile, task } = wanted, { results, config } = context;
  // What trials start from, and how far an unfinished one is.
  const folder = join(results, profile, "checkpoints", "tuning", task);
  const sources = await openSources(profile, task, config), splits = await readSplits(sources);
  const sums = splitSums(splits), { numLayers } = sources.config;
  const sizes = { numLayers, heldOutRows: holdOut(splits[0].examples, wanted.seed).heldOut.length };
  return await withLock(`${folder}.lock`, async () => {
    const plans = [];
    for (const method of wanted.methods) {
      plans.push(
        await planOf({ ...wanted, method }, results, (request) => requestHash(request, sums, sources)),
      );
    }
    for (const plan of plans) await trainMissing(plan, sizes, folder, context);
    await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
    return plans.map((plan) => tuningOf(plan, sizes));
  }, context);
}

/** Of the BERT and the rows that all trials on a task share. */
type Sizes = Pick<Tuning, "numLayers" | "heldOutRows">;

/** The trials of one method; those that its file has. */
interface Plan {
  /** The recipe as it stands. */
  base: RunRequest;
  targetRate: number | null;
  trials: { request: RunRequest; done: Trial | null }[];
}

async function planOf(
  { profile, task, method, seed, trials }: Omit<TaskTuning, "methods"> & { method: string },
  results: string,
  hashOf: (request: RunRequest) => string,
): Promise<Plan> {
  const base = { profile, task, method, settings: {}, seed }, recipe = recipeOf(base);
  const before = await findTuning(results, base);
  if (before && (before.seed !== seed || before.trials.length > trials)) {
    throw new InputError(
      `${task} ${method} has ${before.trials.length} trials of seed ${before.seed}; ask for that seed and at least as ` +
        `many (--seed ${before.seed} --trials ${before.trials.length}), or delete ${
          tuningFile(results, base)
        }.`,
    );
  }
  const answerOf = (request: RunRequest) =>
    before?.trials.find(({ settings, recipeHash }) =>
      settingSlug(settings) === settingSlug(request.settings) && recipeHash === hashOf(request)
    ) ?? null;
  const { search, uses } = entryOf(method);
  return {
    base,
    targetRate: settingKeys(uses).has("targetRate") ? recipe.stage3.targetRate : null,
    trials: trialSettings(search, recipe, trials).map((settings) => {
      const request = { ...base, settings };
      return { request, done: answerOf(request) };
    }),
  };
}

async function trainMissing(plan: Plan, sizes: Sizes, folder: string, context: TuningContext) {
  for (const trial of plan.trials) {
    if (trial.done) continue;
    trial.done = await trainTrial(trial.request, { ...context, results: folder });
    const tuning = tuningOf(plan, sizes);
    await writeTuning(context.results, tuning);
    context.onTrial?.(tuning, trial.done);
  }
}

/** What is done of a plan. */
function tuningOf({ base, targetRate, trials }: Plan, sizes: Sizes): Tuning {
  const { profile, task, method, seed } = base, done = trials.flatMap(({ done }) => done ?? []);
  return { schemaVersion, profile, task, method, seed, ...sizes, targetRate, trials: done };
}
