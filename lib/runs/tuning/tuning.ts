/**
 * What the trials of a method on a task found: `<results>/<profile>/tuning/<task>/<method>.json`, and which of them is
 * chosen. Schema, file and rule only; nothing is trained here.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { InputError, visible } from "../../errors.ts";
import { writeAtomic } from "../../files/atomic.ts";
import { textOrNull } from "../../files/missing.ts";
import { targetSlack } from "../../target_slack.ts";
import { checked, runRecordSchema, schemaVersion } from "../records/record.ts";

const { profile, task, method, seed, recipeHash, backend, blas, simd, provenance } = runRecordSchema.shape;

const trialSchema = z.strictObject({
  /** What differs from the recipe; nothing in the first trial. */
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  recipeHash,
  /**
   * Times 100, of the checkpoint or exit that a run would report, of PABEE left by patience of its exits, weighted as their
   * losses; null where training diverged.
   */
  heldOutScore: z.number().min(-100).max(100).nullable(),
  /** On the held-out rows; null where they were not measured: of fixed layers, and of PABEE left by patience. */
  meanExecutedLayers: z.number().min(0).nullable(),
  /** Whether those are within the target rate; true where there is none. */
  onTarget: z.boolean(),
  backend,
  blas,
  simd,
  provenance,
});

const tuningSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  profile,
  task,
  method,
  seed,
  numLayers: z.int().min(1),
  /** How many rows a score is of. */
  heldOutRows: z.int().min(1),
  /** Of the trials whose method has one; null for others. */
  targetRate: z.number().min(0).max(1).nullable(),
  trials: z.array(trialSchema).min(1).refine(([first]) => Object.keys(first.settings).length === 0, {
    error: "expected the recipe as it stands first",
  }),
});

/** One trial. */
export type Trial = z.infer<typeof trialSchema>;

/** All trials of a method on a task. */
export type Tuning = z.infer<typeof tuningSchema>;

/** What names a tuning. */
export type TuningKey = Pick<Tuning, "profile" | "task" | "method">;

/** The rule of `chosenTrial`, for captions. */
export const choiceRule =
  `the best held-out score among the trials whose mean layers there lie within the target rate + ${targetSlack} of all, of equals ` +
  "the earlier one, if it is more than one standard error above the recipe's, or the recipe itself does not lie there; " +
  "else the recipe stays";

/**
 * The standard error of a score as if it were a share of right answers, sqrt(p (1 - p) / n), times 100 as it is, and no
 * less than one answer. A bar against chance and no test: it is that of one score, without the noise of training.
 */
export function standardError(score: number, rows: number): number {
  const share = Math.min(1, Math.max(0, score / 100));
  return Math.max(100 * Math.sqrt(share * (1 - share) / rows), 100 / rows);
}

/**
 * The trial that is chosen, see `choiceRule`: after the one-standard-error rule of Breiman, Friedman, Olshen and Stone
 * (1984, section 3.4.3), with the recipe in the place of the simplest.
 */
export function chosenTrial({ trials, heldOutRows }: Pick<Tuning, "trials" | "heldOutRows">): Trial {
  const best = bestTrial({ trials }), [recipe] = trials;
  if (!isEligible(recipe)) return best;
  const gain = best.heldOutScore! - recipe.heldOutScore!;
  return gain > standardError(recipe.heldOutScore!, heldOutRows) ? best : recipe;
}

/** The trial with the best score of those that may be chosen, the first of equals; the recipe where there is none. */
export function bestTrial({ trials }: Pick<Tuning, "trials">): Trial {
  const eligible = trials.filter(isEligible);
  return eligible.reduce(
    (best, trial) => trial.heldOutScore! > best.heldOutScore! ? trial : best,
    eligible[0] ?? trials[0],
  );
}

const isEligible = ({ onTarget, heldOutScore }: Trial) => onTarget && heldOutScore !== null;

/** Where a tuning lies. */
export const tuningFile = (resultsDir: string, { profile, task, method }: TuningKey): string =>
  join(resultsDir, profile, "tuning", task, `${method}.json`);

/** Throws `InputError` where the file cannot be written. */
export async function writeTuning(resultsDir: string, tuning: Tuning): Promise<void> {
  const file = tuningFile(resultsDir, tuning);
  await writeAtomic(file, JSON.stringify(checked(tuningSchema, tuning, file), null, 2) + "\n");
}

const again = "Delete it and run `deno task tune` again.";

/** The tuning in a file, or null where there is none. Throws `InputError` for a broken one and one of another name. */
export async function findTuning(resultsDir: string, key: TuningKey): Promise<Tuning | null> {
  const file = tuningFile(resultsDir, key);
  const text = await textOrNull(file);
  if (text === null) return null;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file} is not complete JSON (${visible((error as Error).message)}). ${again}`);
  }
  const tuning = checked(tuningSchema, found, file, again);
  if (tuningFile(resultsDir, tuning) === file) return tuning;
  throw new InputError(`${file} holds what belongs into ${tuningFile(resultsDir, tuning)}. ${again}`);
}

/** All tunings of a profile, by task and method; none where there is no folder. Throws as `findTuning`. */
export async function readTunings(resultsDir: string, profile: string): Promise<Tuning[]> {
  const names = await readdir(join(resultsDir, profile, "tuning"), { recursive: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found = [];
  for (const name of names.sort()) {
    const [, task, method] = /^([^.\\/]+)[\\/]([^.\\/]+)\.json$/.exec(name) ?? [];
    if (method) found.push((await findTuning(resultsDir, { profile, task, method }))!);
  }
  return found;
}
