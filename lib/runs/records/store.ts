/**
 * Where runs lie on disk, and the only code that writes or reads them:
 * `<results>/<profile>/{runs,timings,paths,curves}/<task>/<method>[-<setting>]-s<seed>.*`. Names are built from
 * records and never parsed.
 */
import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { writeAtomic } from "../../files/atomic.ts";
import { textOrNull } from "../../files/missing.ts";
import { InputError } from "../../errors.ts";
import {
  checked,
  type CurveLine,
  formatCurve,
  formatPredictions,
  parseCurve,
  parsePredictions,
  parseRunRecord,
  parseTimingRecord,
  type PredictionRow,
  type RunKey,
  type RunRecord,
  runRecordSchema,
  type TimingRecord,
  timingRecordSchema,
} from "./record.ts";

/** Short names of the settings that are varied most; every other key is spelled in full (`lambda1=0.5`). */
const shortNames: Record<string, string> = {
  targetRate: "t",
  threshold: "th",
  patience: "p",
  firstLayers: "k",
};

/**
 * The part of a run's name that its `--set` overrides make, sorted by key: `{targetRate: 0.6}` is `t0.6`,
 * `{beta: 5, targetRate: 0.6}` is `beta=5-t0.6`, nothing is `""`. `"0.60"` and 0.6 are the same setting.
 * Throws `InputError` for a key or value that cannot stand in a file name.
 */
export function settingSlug(settings: Record<string, string | number | boolean>): string {
  const keys = Object.keys(settings).sort();
  return keys.map((key) => slugPart(key, settings[key])).join("-");
}

function slugPart(key: string, value: string | number | boolean): string {
  const text = String(value).trim();
  const plain = text !== "" && Number.isFinite(Number(text)) ? String(Number(text)) : text;
  if (!/^[A-Za-z]\w*(\.\w+)?$/.test(key) || !/^[\w.+-]+$/.test(plain)) {
    throw new InputError(
      `Setting ${key}=${value} cannot name a run; expected a word = a number or a word of letters, digits, . _ + -.`,
    );
  }
  return key in shortNames ? `${shortNames[key]}${plain}` : `${key}=${plain}`;
}

/** `dpbert-t0.6-s0`: the name all files of a run share. */
export function runName(method: string, setting: string, seed: number): string {
  return `${method}${setting ? `-${setting}` : ""}-s${seed}`;
}

/** Every place a run writes to. */
export interface RunPaths {
  record: string;
  timing: string;
  predictions: string;
  /** Second dev set of MNLI. */
  mismatched: string;
  /** The same of the test split, where its labels are known. */
  test: string;
  testMismatched: string;
  curve: string;
  /** Folder of resume state and final weights; never tracked. */
  checkpoint: string;
}

/** Where the files of `key` lie under `resultsDir`. */
export function runPaths(resultsDir: string, key: RunKey): RunPaths {
  const name = runName(key.method, key.setting, key.seed);
  const place = (kind: string, file: string) => join(resultsDir, key.profile, kind, key.task, file);
  return {
    record: place("runs", `${name}.json`),
    timing: place("timings", `${name}.json`),
    predictions: place("paths", `${name}.tsv`),
    mismatched: place("paths", `${name}.mm.tsv`),
    test: place("paths", `${name}.test.tsv`),
    testMismatched: place("paths", `${name}.test.mm.tsv`),
    curve: place("curves", `${name}.jsonl`),
    checkpoint: place("checkpoints", name),
  };
}

/** The predictions of a split; of MNLI also those of its second one. */
export interface ScoredRows {
  rows: PredictionRow[];
  mismatched: PredictionRow[] | null;
}

/** Everything one finished run leaves. */
export interface RunOutcome {
  record: RunRecord;
  timing: TimingRecord;
  predictions: readonly PredictionRow[];
  /** MNLI only. */
  mismatched?: readonly PredictionRow[];
  /** Where the labels of the test split are known. */
  test?: ScoredRows;
  curve: readonly CurveLine[];
}

/**
 * Writes the files of a run, the record last: where a record exists, all else does. Returns the places written.
 * Throws `InputError` for a record that breaks its schema (before anything is written) or an unwritable folder.
 */
export async function writeRun(resultsDir: string, outcome: RunOutcome): Promise<RunPaths> {
  const paths = runPaths(resultsDir, outcome.record);
  const record = pretty(checked(runRecordSchema, outcome.record, paths.record));
  if (runPaths(resultsDir, outcome.timing).record !== paths.record) {
    throw new InputError(
      `The timing given for ${paths.record} names another run; expected the same five fields.`,
    );
  }
  await writeTiming(resultsDir, outcome.timing);
  await writeAtomic(paths.predictions, formatPredictions(outcome.predictions));
  if (outcome.mismatched) await writeAtomic(paths.mismatched, formatPredictions(outcome.mismatched));
  if (outcome.test) {
    const { rows, mismatched } = outcome.test;
    await writeAtomic(paths.test, formatPredictions(rows));
    if (mismatched) await writeAtomic(paths.testMismatched, formatPredictions(mismatched));
  }
  await writeAtomic(paths.curve, formatCurve(outcome.curve));
  await writeAtomic(paths.record, record);
  return paths;
}

/** Writes a timing alone (latency is measured after the runs, in one serial pass). Throws like `writeRun`. */
export async function writeTiming(resultsDir: string, timing: TimingRecord): Promise<void> {
  const path = runPaths(resultsDir, timing).timing;
  await writeAtomic(path, pretty(checked(timingRecordSchema, timing, path)));
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

/**
 * All run records of a profile, sorted by task, method, setting and seed; none if there is no folder. Throws
 * `InputError` for a broken file and for one that lies under another run's name.
 */
export function readRecords(resultsDir: string, profile: string): Promise<RunRecord[]> {
  return readAll(resultsDir, profile, "runs", (text, file) => ownRecord(resultsDir, text, file));
}

/** All timings of a profile, sorted like `readRecords`. */
export function readTimings(resultsDir: string, profile: string): Promise<TimingRecord[]> {
  return readAll(resultsDir, profile, "timings", (text, file) => ownTiming(resultsDir, text, file));
}

const ownRecord = (resultsDir: string, text: string, file: string) =>
  named(parseRunRecord(text, file), file, (found) => runPaths(resultsDir, found).record);

const ownTiming = (resultsDir: string, text: string, file: string) =>
  named(parseTimingRecord(text, file), file, (found) => runPaths(resultsDir, found).timing);

/** A copied or renamed file must not count as the run that its name says, or twice. */
function named<T extends RunKey>(found: T, file: string, ownFile: (found: T) => string): T {
  const own = ownFile(found);
  if (resolve(own) === resolve(file)) return found;
  throw new InputError(
    `${file} holds what belongs into ${own}. Delete it, or give it the name of its content.`,
  );
}

async function readAll<T extends RunKey>(
  resultsDir: string,
  profile: string,
  kind: "runs" | "timings",
  parse: (text: string, file: string) => T,
): Promise<T[]> {
  const found: T[] = [], folder = join(resultsDir, profile, kind);
  for (const task of await names(folder)) {
    for (const name of await names(join(folder, task))) {
      const file = join(folder, task, name);
      if (name.endsWith(".json")) found.push(parse(await textOrThrow(file), file));
    }
  }
  return found.sort(byIdentity);
}

/** Order of records: task, method, setting, seed. */
function byIdentity(a: RunKey, b: RunKey): number {
  const fields = ["task", "method", "setting"] as const;
  const different = fields.find((field) => a[field] !== b[field]);
  if (!different) return a.seed - b.seed;
  return a[different] < b[different] ? -1 : 1;
}

async function names(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith("."));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as { code?: string }).code ?? "")) return [];
    throw error;
  }
}

/** The record of `key`, or null if that run has not finished. Throws `InputError` for a broken file. */
export async function findRecord(resultsDir: string, key: RunKey): Promise<RunRecord | null> {
  const { record } = runPaths(resultsDir, key);
  const text = await textOrNull(record);
  return text === null ? null : ownRecord(resultsDir, text, record);
}

/** Whether a file lies where the record of `key` belongs, broken or not. */
export async function hasRecord(resultsDir: string, key: RunKey): Promise<boolean> {
  return await Deno.stat(runPaths(resultsDir, key).record).then(() => true, () => false);
}

/** The timing of `key`, or null. Throws `InputError` for a broken file. */
export async function findTiming(resultsDir: string, key: RunKey): Promise<TimingRecord | null> {
  const { timing } = runPaths(resultsDir, key);
  const text = await textOrNull(timing);
  return text === null ? null : ownTiming(resultsDir, text, timing);
}

/** Dev predictions and paths of a finished run. Throws `InputError` if missing or broken. */
export async function readPredictions(resultsDir: string, key: RunKey): Promise<PredictionRow[]> {
  const { predictions } = runPaths(resultsDir, key);
  return parsePredictions(await textOrThrow(predictions), predictions);
}

/** Predictions of the test split, null of a run without a test score. Throws `InputError` if missing or broken. */
export async function readTestPredictions(resultsDir: string, record: RunRecord): Promise<ScoredRows | null> {
  if (!record.test) return null;
  const { test, testMismatched } = runPaths(resultsDir, record);
  const rows = parsePredictions(await textOrThrow(test), test);
  if (!("mismatched" in record.test)) return { rows, mismatched: null };
  return { rows, mismatched: parsePredictions(await textOrThrow(testMismatched), testMismatched) };
}

/** Training curve of a finished run. Throws `InputError` if missing or broken. */
export async function readCurve(resultsDir: string, key: RunKey): Promise<CurveLine[]> {
  const { curve } = runPaths(resultsDir, key);
  return parseCurve(await textOrThrow(curve), curve);
}

/** The curve of a run with its parent's before it: all stages in order. Throws as `readCurve`. */
export async function readWholeCurve(resultsDir: string, record: RunRecord): Promise<CurveLine[]> {
  const own = await readCurve(resultsDir, record);
  if (record.parent === null) return own;
  const { curve } = runPaths(resultsDir, record), parent = join(dirname(curve), `${record.parent}.jsonl`);
  return [...parseCurve(await textOrThrow(parent), parent), ...own];
}

async function textOrThrow(path: string): Promise<string> {
  const text = await textOrNull(path);
  if (text === null) {
    throw new InputError(`${path} is missing; run the train command of that run again with --fresh.`);
  }
  return text;
}
