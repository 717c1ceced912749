/**
 * The environment variables of the suite, read once and checked by one schema. Everything else takes its values
 * as arguments; a command-line option wins over the variable of the same meaning.
 */
import { z } from "zod";
import { InputError } from "./errors.ts";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The four sizes the same code runs in, smallest first. */
export const profiles = ["smoke", "micro", "glue", "paper"] as const;
/** One of `profiles`. */
export type Profile = (typeof profiles)[number];
const workingProfiles: readonly Profile[] = ["smoke", "micro", "glue"];

/** The eight tasks that can be trained, in the order of the paper's Table 1. */
export const trainableTasks = ["cola", "mnli", "sst-2", "qnli", "mrpc", "qqp", "rte", "sts-b"] as const;
/** One of `trainableTasks`. */
export type TrainableTask = (typeof trainableTasks)[number];

/** The settings of this process. `null` means: not set, whoever uses it has a default of its own. */
export interface Config {
  /** Which size of the experiment; `DPB_PROFILE`. */
  profile: Profile;
  /** Tasks to run in the order given, or null for the profile's own; `DPB_TASKS`. */
  tasks: TrainableTask[] | null;
  /** Seeds to run, or null for the profile's own; `DPB_SEEDS`. */
  seeds: number[] | null;
  /** Tensor backend, `auto` = the faster one by measurement; `DPB_BACKEND`. */
  backend: "auto" | "webgpu" | "wasm" | "cpu";
  /** `auto`, `off`, or the path of a BLAS library; `DPB_BLAS`. */
  blas: string;
  /** `plain`: results that agree bit by bit between machines; `auto`: the fastest this one has; `DPB_SIMD`. */
  simd: "auto" | "plain";
  /**
   * Root folder of records, tables and figures (`<results>/<profile>/...`); `DPB_RESULTS`, by default `results/local`
   * of the project wherever the process runs (a notebook's kernel runs in `notebooks/`).
   */
  results: string;
  /** Folder with one folder per GLUE task; `DPB_GLUE_DIR`. */
  glueDir: string | null;
  /** Folder of a BERT in Hugging Face format; `DPB_BERT_DIR`. */
  bertDir: string | null;
  /** Python with torch, for benchmarks beside PyTorch; `DPB_PYTHON`. */
  python: string | null;
  /** True: never download; `DPB_OFFLINE`. */
  offline: boolean;
  /** Base address for downloads instead of the public ones; `DPB_MIRROR`. */
  mirror: string | null;
  /** Hugging Face's folder, respected when set; `HF_HOME`. */
  hfHome: string | null;
  /** Where Hugging Face's own tools keep what they fetched; `HF_HUB_CACHE`, else `hub` below `HF_HOME`. */
  hubCache: string | null;
}

/**
 * Seeds from text: one number N is N seeds counted from 0 (`"3"` is 0, 1, 2), a list with a comma names them
 * (`"0,2"`; `"2,"` is seed 2 alone). Throws `InputError` otherwise.
 */
export function parseSeeds(text: string): number[] {
  const seeds = seedsOrNull(text);
  if (!seeds) {
    throw new InputError(`Seeds "${text}" are not understood; expected ${seedsAllowed}.`);
  }
  return seeds;
}

const seedsAllowed =
  'a count from 1 to 1000 ("3" = seeds 0, 1, 2) or a list with a comma and no repeats ("0,2")';

function seedsOrNull(text: string): number[] | null {
  if (/^\d{1,4}$/.test(text.trim())) {
    const count = Number(text);
    return count >= 1 && count <= 1000 ? Array.from({ length: count }, (_, seed) => seed) : null;
  }
  const parts = text.replace(/,\s*$/, "").split(",").map((part) => part.trim());
  if (!text.includes(",") || !parts.every((part) => /^\d{1,9}$/.test(part))) return null;
  const seeds = parts.map(Number);
  return new Set(seeds).size === seeds.length ? seeds : null;
}

const taskList = z.string().transform((text, context) => {
  const tasks = text.split(",").map((part) => part.trim());
  const known = tasks.every((task) => (trainableTasks as readonly string[]).includes(task));
  if (!known || new Set(tasks).size !== tasks.length) {
    context.addIssue({ code: "custom", message: "" });
    return z.NEVER;
  }
  return tasks as TrainableTask[];
});

const seedList = z.string().transform((text, context) => {
  const seeds = seedsOrNull(text);
  if (!seeds) {
    context.addIssue({ code: "custom", message: "" });
    return z.NEVER;
  }
  return seeds;
});

const profile = z.enum(profiles).refine((name) => workingProfiles.includes(name), {
  error: `this profile is planned but does not work yet; use one of ${workingProfiles.join(", ")}`,
});

// A BLAS path holds a separator, so that a typo such as "of" is not taken for a file.
const blas = z.union([z.enum(["auto", "off"]), z.string().regex(/[/\\]/)]);

const defaultResults = fileURLToPath(new URL("../results/local", import.meta.url));

/** Each description is the list of allowed values that an error message quotes. */
const schema = z.strictObject({
  DPB_PROFILE: profile.default("micro").describe(
    `one of ${workingProfiles.join(", ")} (${
      profiles.filter((name) => !workingProfiles.includes(name)).join(" and ")
    } is planned)`,
  ),
  DPB_TASKS: taskList.nullable().default(null).describe(
    `a list such as "mrpc,sts-b" out of ${trainableTasks.join(", ")}`,
  ),
  DPB_SEEDS: seedList.nullable().default(null).describe(seedsAllowed),
  DPB_BACKEND: z.enum(["auto", "webgpu", "wasm", "cpu"]).default("auto").describe("auto, webgpu, wasm, cpu"),
  DPB_BLAS: blas.default("auto").describe('auto, off, or the path of a BLAS library (with a "/")'),
  DPB_SIMD: z.enum(["auto", "plain"]).default("auto").describe("auto, plain"),
  DPB_RESULTS: z.string().default(defaultResults).describe("a folder"),
  DPB_GLUE_DIR: z.string().nullable().default(null).describe("a folder"),
  DPB_BERT_DIR: z.string().nullable().default(null).describe("a folder"),
  DPB_PYTHON: z.string().nullable().default(null).describe("the path of a Python"),
  DPB_OFFLINE: z.enum(["1", "0"]).default("0").describe("1, 0"),
  DPB_MIRROR: z.url({ protocol: /^https?$/ }).nullable().default(null).describe(
    "an http:// or https:// address",
  ),
});

/**
 * The configuration that the `DPB_*` variables of `env` describe. A variable set to nothing counts as not set.
 * `defaultProfile` stands in where `DPB_PROFILE` is not set. Throws `InputError` naming the variable (or the option of
 * `given` that the value came from), the value found and the values allowed.
 */
export function readConfig(
  env: Record<string, string> = Deno.env.toObject(),
  defaultProfile: Profile = "micro",
  given: Options = {},
): Config {
  const found = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name.startsWith("DPB_") && value),
  );
  const parsed = schema.safeParse({ DPB_PROFILE: defaultProfile, ...found });
  if (!parsed.success) throw new InputError(explain(parsed.error.issues[0], found, given));
  const values = parsed.data;
  return {
    profile: values.DPB_PROFILE,
    tasks: values.DPB_TASKS,
    seeds: values.DPB_SEEDS,
    backend: values.DPB_BACKEND,
    blas: values.DPB_BLAS,
    simd: values.DPB_SIMD,
    results: values.DPB_RESULTS,
    glueDir: values.DPB_GLUE_DIR,
    bertDir: values.DPB_BERT_DIR,
    python: values.DPB_PYTHON,
    offline: values.DPB_OFFLINE === "1",
    mirror: values.DPB_MIRROR?.replace(/\/+$/, "") ?? null,
    hfHome: env.HF_HOME || null,
    hubCache: env.HF_HUB_CACHE || (env.HF_HOME ? join(env.HF_HOME, "hub") : null),
  };
}

/** Options of the command line that have a variable of the same meaning. */
const optionOf = {
  profile: "DPB_PROFILE",
  tasks: "DPB_TASKS",
  seeds: "DPB_SEEDS",
  into: "DPB_RESULTS",
} as const;
const optionNames = Object.keys(optionOf) as (keyof typeof optionOf)[];
/** Their values, by name; undefined where not given. */
export type Options = Partial<Record<keyof typeof optionOf, string>>;

function explain(issue: z.core.$ZodIssue, found: Record<string, string>, given: Options): string {
  if (issue.code === "unrecognized_keys") {
    const [name] = issue.keys;
    const known = Object.keys(schema.shape).join(", ");
    return `Unknown environment variable ${name}="${
      found[name]
    }"; expected one of ${known}. Unset it or correct its name.`;
  }
  const name = String(issue.path[0]) as keyof typeof schema.shape;
  const option = optionNames.find((option) => optionOf[option] === name && given[option]);
  const value = option ? `--${option} "${found[name]}"` : `${name}="${found[name]}"`;
  if (issue.code === "custom" && name === "DPB_PROFILE") return `${value}: ${issue.message}.`;
  return `${value} is not understood; expected ${schema.shape[name].description}.`;
}

/**
 * The configuration with command-line `options` on top, which win over the variables of the same meaning. Throws
 * `InputError` as `readConfig`.
 */
export function configWith(
  options: Options,
  env: Record<string, string> = Deno.env.toObject(),
): Config {
  const given = optionNames.flatMap((name): [string, string][] => {
    const value = options[name];
    return value === undefined ? [] : [[optionOf[name], value]];
  });
  return readConfig({ ...env, ...Object.fromEntries(given) }, undefined, options);
}
