/** Does each committed record follow from what lies beside it: predictions, paths, parent, timing, curve; and from today's recipe? */
import { isDeepStrictEqual } from "node:util";
import { join, relative } from "node:path";
import { InputError } from "../errors.ts";
import { taskById } from "../glue/mod.ts";
import { commonestPath, metricsOf, pathSummary } from "../runs/records/outcome.ts";
import {
  devRowsOf,
  parsePredictions,
  type PredictionRow,
  recipeHash,
  type RunRecord,
  type TimingRecord,
  trainCommand,
} from "../runs/records/record.ts";
import {
  findTiming,
  readCurve,
  readPredictions,
  readRecords,
  runName,
  runPaths,
} from "../runs/records/store.ts";
import { namesIn, profilesIn } from "./artefact_files.ts";
import { recipeProblems } from "./recipe_problems.ts";

/** What is wrong with the records of every profile below `<root>/results`, each problem with its file. */
export async function recordProblems(root: string): Promise<string[]> {
  const results = join(root, "results"), problems: string[] = [];
  for (const profile of await profilesIn(results)) {
    const records = await readRecords(results, profile);
    for (const record of records) {
      const { record: path } = runPaths(results, record);
      const name = relative(root, path).replaceAll("\\", "/");
      const found = await caught(() => problemsOf(record, results, records));
      problems.push(...found.map((problem) => `${name}: ${problem}`));
    }
    problems.push(
      ...(await strangeFiles(results, profile, records)).map((path) =>
        `${
          relative(root, path).replaceAll("\\", "/")
        }: belongs to no record; delete it or restore its record.`
      ),
    );
  }
  return problems;
}

/** What `check` finds, or the message of the `InputError` it throws: a file that is missing or broken. */
export async function caught(check: () => Promise<string[]>): Promise<string[]> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof InputError) return [error.message];
    throw error;
  }
}

async function problemsOf(
  record: RunRecord,
  results: string,
  records: readonly RunRecord[],
): Promise<string[]> {
  const rows = await readPredictions(results, record);
  const { mismatched: devMismatched, test, testMismatched } = runPaths(results, record);
  const mismatched = await rowsIn(devMismatched);
  const timing = await findTiming(results, record);
  await readCurve(results, record); // throws where it is missing or broken
  const problems = [
    ...originProblems(record, records),
    ...predictionProblems(record, rows, mismatched),
    ...testProblems(record, await rowsIn(test), await rowsIn(testMismatched)),
    ...controlProblems(record, rows),
    ...timing ? timingProblems(timing) : ["has no timing beside it"],
  ];
  const command = trainCommand(record) + (record.setting ? ` with the settings of ${record.setting}` : "");
  const sentences = problems.map((problem) =>
    `${problem}; restore it from git or make it again (${command}).`
  );
  return [...sentences, ...recipeProblems(record)];
}

/** The predictions in a file that not every run has; null where it is not there. */
async function rowsIn(file: string): Promise<PredictionRow[] | null> {
  const text = await Deno.readTextFile(file).catch(() => null);
  return text === null ? null : parsePredictions(text, file);
}

/** What decides a run's result, and where it starts from. */
function originProblems(record: RunRecord, records: readonly RunRecord[]): string[] {
  const { recipe, data, weights, parent, task } = record;
  const hash = recipeHash(recipe, data.sha256, weights.sha256);
  const hasParent = parent === null ||
    records.some((other) =>
      other !== record && other.task === task &&
      runName(other.method, other.setting, other.seed) === parent
    );
  return [
    ...difference("recipeHash", record.recipeHash, hash, "its recipe, data and weights give"),
    ...hasParent ? [] : [`its parent ${parent} has no record on ${task}`],
  ];
}

function predictionProblems(record: RunRecord, rows: PredictionRow[], mismatched: PredictionRow[] | null) {
  const { metrics, path } = record, give = "its predictions give";
  const metricsFound = metricsOf(taskById(record.task), rows, mismatched);
  const pathFound = pathSummary(rows.map((row) => row.path), rows[0].path.length);
  const names = Object.keys({ ...metrics, ...metricsFound });
  const ids = new Set(rows.map(({ id }) => id));
  return [
    ...names.flatMap((name) => difference(`metrics.${name}`, metrics[name], metricsFound[name], give)),
    ...(Object.keys(path) as (keyof typeof path)[]).flatMap((name) =>
      difference(`path.${name}`, path[name], pathFound[name], give)
    ),
    ...difference("data.rows of dev", devRowsOf(record)[0], ids.size, "its predictions are for"),
  ];
}

/** A test score follows from test predictions, and neither is there without the other. */
function testProblems(
  { task, test }: RunRecord,
  rows: PredictionRow[] | null,
  mismatched: PredictionRow[] | null,
): string[] {
  const found = rows && metricsOf(taskById(task), rows, mismatched);
  const names = Object.keys({ ...test, ...found });
  return names.flatMap((name) =>
    difference(`test.${name}`, test?.[name] ?? null, found?.[name] ?? null, "its test predictions give")
  );
}

/** Controls that follow from the paths: the commonest one, and that equal paths for all score what they score. */
function controlProblems({ controls, metrics, path }: RunRecord, rows: PredictionRow[]): string[] {
  if (!controls) return [];
  const commonest = commonestPath(rows.map((row) => row.path));
  const oneForAll = path.distinctPaths === 1;
  const given: Record<string, string | number> = {
    commonestPath: commonest.path,
    commonestPathShare: commonest.share,
    ...oneForAll ? { commonestPathScore: metrics.score, shuffledPathsScore: metrics.score } : {},
  };
  return Object.entries(given).flatMap(([name, value]) =>
    difference(`controls.${name}`, controls[name], value, "its paths give")
  );
}

/** `speedup` and both latencies were rounded to three digits each: where a latency is short, that shows in the ratio. */
function timingProblems({ latency }: TimingRecord): string[] {
  if (!latency) return [];
  const { fullMeanMs, meanMs, fullMedianMs, medianMs, speedup } = latency, half = 5e-4;
  const [theirs, ours] = fullMeanMs && meanMs ? [fullMeanMs, meanMs] : [fullMedianMs, medianMs];
  const lowest = (theirs - half) / (ours + half) - half;
  const highest = (theirs + half) / (ours - half) + half;
  return speedup >= lowest && speedup <= highest ? [] : difference(
    "latency.speedup of its timing",
    speedup,
    Number((theirs / ours).toFixed(3)),
    "its latencies give",
  );
}

function difference(name: string, found: unknown, given: unknown, giver: string): string[] {
  return isDeepStrictEqual(found, given)
    ? []
    : [`${name} is ${JSON.stringify(found)}, ${giver} ${JSON.stringify(given)}`];
}

/** Files of runs that no record names: a reader would take them for one's. */
async function strangeFiles(
  results: string,
  profile: string,
  records: readonly RunRecord[],
): Promise<string[]> {
  const known = new Set(
    records.flatMap((record) => Object.values(runPaths(results, record))),
  );
  const found: string[] = [];
  for (const kind of ["runs", "timings", "paths", "curves"]) {
    for (const task of await namesIn(join(results, profile, kind))) {
      for (const name of await namesIn(join(results, profile, kind, task))) {
        const path = join(results, profile, kind, task, name);
        if (!known.has(path)) found.push(path);
      }
    }
  }
  return found;
}
