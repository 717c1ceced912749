/**
 * What one run leaves behind: the record (results), the timing (everything a clock or a machine decides), the
 * predictions with their paths, and the training curve. Schemas only; the files are in store.ts.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { InputError, visible } from "../../errors.ts";

/** Version of the record and timing formats. A file of another version is refused, never guessed at. */
export const schemaVersion = 1;

type Json = z.core.util.JSONType;

/** A JSON object whose keys come out sorted, at every depth, so that equal content is equal bytes. */
const sortedJson = z.record(z.string(), z.json()).transform((value) =>
  sortKeys(value) as Record<string, Json>
);
const sorted = (number: z.ZodNumber) =>
  z.record(z.string(), number).transform((value) => sortKeys(value) as Record<string, number>);
const sortedStrings = z.record(z.string(), z.string()).transform((value) =>
  sortKeys(value) as Record<string, string>
);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits");
const share = z.number().min(0).max(1);
const count = z.int().min(0);
const slug = z.string().regex(/^[\w.=+-]*$/, "expected letters, digits and . _ = + - only");

/** What names a run; the same five fields stand in its record and its timing. */
const identity = {
  schemaVersion: z.literal(schemaVersion),
  profile: slug.min(1),
  task: slug.min(1),
  method: slug.min(1),
  /** Slug of the `--set` overrides, `""` without any. */
  setting: slug,
  seed: count,
};

const path = z.strictObject({
  meanExecutedLayers: z.number().min(0),
  numLayers: z.int().min(1),
  /** Share of the examples that execute each layer, first layer first. */
  executedShare: z.array(share),
  distinctPaths: count,
}).refine((value) => value.executedShare.length === value.numLayers, {
  path: ["executedShare"],
  error: "expected one share per layer (numLayers)",
}).refine(
  (value) => Math.abs(value.executedShare.reduce((a, b) => a + b, 0) - value.meanExecutedLayers) < 1e-4,
  {
    path: ["meanExecutedLayers"],
    error: "expected the sum of executedShare",
  },
);

/** All times 100; correlations can be negative. */
const metrics = z.record(z.string(), z.number().min(-100).max(100))
  .refine((value) => "score" in value, { path: ["score"], error: "expected a number, found nothing" })
  .transform((value) => sortKeys(value) as Record<string, number> & { score: number });

/** A finished run. Nothing in it depends on a clock or a machine: same build, seed and backend, same bytes. */
export const runRecordSchema = z.strictObject({
  ...identity,
  /** Name of the run whose weights this one started from (`bert-s0`), or null. */
  parent: slug.nullable(),
  /** The settings that count, defaults included, and those that were given (`recordedRecipe`). */
  recipe: sortedJson,
  recipeHash: z.string().regex(/^[0-9a-f]{16,64}$/, "expected hexadecimal digits"),
  backend: z.enum(["webgpu", "wasm", "cpu"]),
  /** Name of the BLAS library without its path, or null. */
  blas: z.string().regex(/^[^/\\]+$/, "expected a name without a path").nullable(),
  /** Build of our kernels (`wasm` only; records made before there were any have none). */
  simd: z.enum(["relaxed", "plain"]).optional(),
  data: z.strictObject({
    /** By file name (`train.tsv`). */
    sha256: z.record(z.string(), sha256).transform((value) => sortKeys(value) as Record<string, string>),
    rows: sorted(count),
    warnings: z.array(z.string()),
  }),
  weights: z.strictObject({ name: z.string(), sha256 }),
  /** Each component and `score`, on dev. */
  metrics,
  /** The same on the test split, of profiles that know its labels: nothing was chosen by them. */
  test: metrics.optional(),
  path,
  /** Named controls, e.g. `shuffledPathsScore`, `commonestPath`, `commonestPathShare`. */
  controls: z.record(z.string(), z.union([z.number(), z.string()]))
    .transform((value) => sortKeys(value) as Record<string, number | string>).optional(),
  /** Dev score of every exit, as if all inputs left there, first layer first; of methods that have exits. */
  exitScores: z.array(z.number().min(-100).max(100)).optional(),
  /** How the reported checkpoint was chosen, on held-out training rows. */
  selection: z.object({ rule: z.string(), step: count, heldOutScore: z.number().nullable() }).catchall(
    z.json(),
  ),
  flops: z.strictObject({ meanPerExample: z.number().min(0), fullPerExample: z.number().min(0) }),
  provenance: z.strictObject({ commit: z.string().nullable(), libHash: z.string() }),
});

/** See `runRecordSchema`. */
export type RunRecord = z.infer<typeof runRecordSchema>;

/** The five fields that name a run. */
export type RunKey = Pick<RunRecord, "profile" | "task" | "method" | "setting" | "seed">;

/** Rows of each dev set that a run is reported on: one number, of MNLI two, the matched set's first. */
export function devRowsOf({ data: { rows } }: Pick<RunRecord, "data">): number[] {
  return Object.entries(rows).filter(([file]) => file.startsWith("dev")).map(([, count]) => count);
}

/** The command that makes the record of a run, for notes and errors; `settings` become its `--set` overrides. */
export function trainCommand(
  run: Pick<RunKey, "profile" | "task" | "method" | "seed">,
  settings: Record<string, string | number | boolean> = {},
): string {
  const overrides = Object.keys(settings).sort().map((key) => ` --set ${key}=${settings[key]}`).join("");
  return `deno task train --profile ${run.profile} --task ${run.task} --method ${run.method} --seed ${run.seed}${overrides}`;
}

/** Batch-1 latency of a run beside the full model's, measured interleaved when nothing else runs. */
export const latencySchema = z.strictObject({
  /** Missing in the records of glue, which were timed before means were: their speed-up compares medians. */
  meanMs: z.number().min(0).optional(),
  medianMs: z.number().min(0),
  p90Ms: z.number().min(0),
  /** Examples timed. */
  n: count,
  fullMeanMs: z.number().min(0).optional(),
  fullMedianMs: z.number().min(0),
  /** `fullMeanMs / meanMs`; without them `fullMedianMs / medianMs`. */
  speedup: z.number().min(0),
  batchSize: z.literal(1),
  /** Load average over one minute just before; null where the system has none. */
  load: z.number().min(0).nullable(),
});

/** What a clock or a machine decides about a run; kept apart so that records compare byte by byte. */
export const timingRecordSchema = z.strictObject({
  ...identity,
  /** Seconds by stage name. */
  seconds: sorted(z.number().min(0)),
  peakMemoryMb: z.number().min(0).nullable(),
  latency: latencySchema.optional(),
  machine: z.strictObject({ cpu: z.string(), cores: count, os: z.string() }),
  adapter: z.string().nullable(),
  versions: sortedStrings,
  /** Load average over one minute when training ended; null where the system has none. */
  load: z.number().min(0).nullable(),
});

/** See `timingRecordSchema`. */
export type TimingRecord = z.infer<typeof timingRecordSchema>;

/** One line of a training curve: any number of named numbers beside stage, step and loss. */
export const curveLineSchema = z.object({ stage: z.string().min(1), step: count, loss: z.number() })
  .catchall(z.number().optional());

/** See `curveLineSchema`; a name whose value is undefined is not written. */
export type CurveLine = { stage: string; step: number; loss: number } & {
  [name: string]: number | string | undefined;
};

/** Steps of a training: the last one of each of its stages, added up; a curve ends with the last step of every stage. */
export function stepsIn(curve: readonly Pick<CurveLine, "stage" | "step">[]): number {
  const last = new Map<string, number>();
  for (const { stage, step } of curve) last.set(stage, Math.max(step, last.get(stage) ?? 0));
  return [...last.values()].reduce((sum, steps) => sum + steps, 0);
}

/** One dev example: data row from 0, label and prediction as GLUE writes them, path as 0/1, first layer first. */
export interface PredictionRow {
  id: number;
  label: string;
  prediction: string;
  path: string;
}

/** `value` with the keys of every object sorted. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).sort(byKey).map(([key, item]) => [key, sortKeys(item)]));
}

// By code unit, not by locale: the order must not depend on the machine's language.
function byKey(a: [string, unknown], b: [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/**
 * JSON without spaces and with sorted keys, equal for equal values. Keys whose value is undefined are left out.
 * Throws `InputError` for NaN, infinities and anything JSON has no word for, naming where it stands.
 */
export function canonicalJson(value: unknown): string {
  refuseNonJson(value, "value");
  return JSON.stringify(sortKeys(value));
}

function refuseNonJson(value: unknown, where: string): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new InputError(`${where} is ${value}, which JSON cannot hold; expected a finite number.`);
  }
  if (value === null || ["number", "string", "boolean"].includes(typeof value)) return;
  if (Array.isArray(value)) return value.forEach((item, i) => refuseNonJson(item, `${where}[${i}]`));
  const plain = typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!plain) throw new InputError(`${where} is no JSON value (${typeof value}); expected plain data.`);
  for (const [key, item] of Object.entries(value as object)) {
    if (item !== undefined) refuseNonJson(item, `${where}.${key}`);
  }
}

/**
 * What decides a run's result, as 16 hexadecimal digits: its recipe, the data and weights it reads and the schema
 * version. Backend, BLAS and number of jobs are left out, so another machine recognises the run as done.
 */
export function recipeHash(
  recipe: Record<string, unknown>,
  dataSha256: Record<string, string>,
  weightsSha256: string,
) {
  const text = canonicalJson({ recipe, data: dataSha256, weights: weightsSha256, schemaVersion });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** The record in `text`; `file` is named in errors. Throws `InputError` if it is cut off, of another version or wrong. */
export function parseRunRecord(text: string, file: string): RunRecord {
  return parseJson(runRecordSchema, text, file);
}

/** The timing in `text`; `file` is named in errors. Throws `InputError` like `parseRunRecord`. */
export function parseTimingRecord(text: string, file: string): TimingRecord {
  return parseJson(timingRecordSchema, text, file);
}

/** Characters; a record has some three thousand. */
const longestRecord = 1_000_000;

const again = "Delete it and run its train command again.";

function parseJson<T>(schema: z.ZodType<T>, text: string, file: string): T {
  if (text.length > longestRecord) {
    throw new InputError(`${file} has ${text.length} characters, far more than a record can have. ${again}`);
  }
  let found: { schemaVersion?: unknown };
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file} is not complete JSON (${visible((error as Error).message)}). ${again}`);
  }
  const version = found?.schemaVersion;
  if (typeof version === "number" && version !== schemaVersion) {
    throw new InputError(`${file} has schemaVersion ${version}, this build reads ${schemaVersion}. ${again}`);
  }
  return checked(schema, found, file, again);
}

/**
 * `value` as the schema wants it, keys in a stable order. Throws `InputError` naming `file` and the first bad field, and
 * with `advice`, a sentence, at the end.
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown, file: string, advice = ""): T {
  const found = problemOr(schema, value);
  if ("data" in found) return found.data;
  const field = found.field ? `, field "${visible(found.field)}"` : "";
  throw new InputError(`${file}${field}: ${visible(found.problem)}. ${advice}`.trimEnd());
}

function problemOr<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { data: T } | { field: string; problem: string } {
  try {
    const parsed = schema.safeParse(value);
    if (parsed.success) return { data: parsed.data };
    const { path, message } = parsed.error.issues[0];
    return { field: path.join("."), problem: message };
  } catch (error) {
    if (error instanceof RangeError) return { field: "", problem: "it is nested too deeply" }; // the stack ran out
    throw error;
  }
}

/** The lines of `text`, numbered from 1, one at a time; a line feed at the end makes no line. */
function* numberedLines(text: string): Generator<{ line: string; number: number }> {
  for (let begin = 0, number = 1; begin < text.length; number++) {
    const found = text.indexOf("\n", begin), end = found < 0 ? text.length : found;
    yield { line: text.slice(begin, end), number };
    begin = end + 1;
  }
}

const predictionHeader = "id\tlabel\tprediction\tpath";

/** The rows as tab-separated text with header. */
export function formatPredictions(rows: readonly PredictionRow[]): string {
  const lines = rows.map((row) => `${row.id}\t${row.label}\t${row.prediction}\t${row.path}`);
  return [predictionHeader, ...lines].join("\n") + "\n";
}

/** The rows of a predictions file. Throws `InputError` naming file and line for a wrong header, row or path. */
export function parsePredictions(text: string, file: string): PredictionRow[] {
  const rows: PredictionRow[] = [];
  if (text === "") throw new InputError(`${file} is empty. ${again}`);
  for (const { line, number } of numberedLines(text)) {
    const where = `${file}, line ${number}`;
    if (number === 1 && line !== predictionHeader) {
      throw new InputError(
        `${where}: found "${visible(line)}", expected the header id, label, prediction, path.`,
      );
    }
    if (number > 1) rows.push(predictionRow(line, where));
    if (rows.at(-1)?.path.length !== rows[0]?.path.length) {
      throw new InputError(`${where}: its path has another length than the first one. ${again}`);
    }
  }
  return rows;
}

function predictionRow(line: string, where: string): PredictionRow {
  const match = /^(\d{1,9})\t([^\t]+)\t([^\t]+)\t([01]+)$/.exec(line);
  if (!match) {
    throw new InputError(
      `${where}: found "${
        visible(line)
      }", expected a row number, a label, a prediction and a path of 0 and 1.`,
    );
  }
  const [, id, label, prediction, path] = match;
  return { id: Number(id), label, prediction, path };
}

/** The curve as JSON lines. */
export function formatCurve(lines: readonly CurveLine[]): string {
  return lines.map((line) => JSON.stringify(checked(curveLineSchema, line, "curve")) + "\n").join("");
}

/** The lines of a curve file. Throws `InputError` naming file and line. */
export function parseCurve(text: string, file: string): CurveLine[] {
  const lines: CurveLine[] = [];
  for (const { line, number } of numberedLines(text)) {
    const where = `${file}, line ${number}`;
    let value: unknown;
    try {
      if (line.length > longestRecord) throw new Error("too long");
      value = JSON.parse(line);
    } catch {
      throw new InputError(`${where} is not complete JSON. Delete the file and run its train command again.`);
    }
    lines.push(checked(curveLineSchema, value, where) as CurveLine);
  }
  return lines;
}
