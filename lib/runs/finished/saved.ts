/** A trained model by its path: the record of a run, the folder of its weights, or any BERT classifier's folder. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../../errors.ts";
import { entryOf, modelFolder } from "../methods/mod.ts";
import { hasModel, hasPart, type Parts } from "../models.ts";
import { overridesOf } from "../records/overrides.ts";
import { parseRunRecord, type RunRecord, trainCommand } from "../records/record.ts";
import { runPaths } from "../records/store.ts";

/** Where a trained model lies. */
export interface SavedRun {
  /** Holds `config.json`, `model.safetensors`, the vocabulary and the method's parts. */
  folder: string;
  /** Of the run that left it; null for a model from elsewhere. */
  record: RunRecord | null;
}

const wanted =
  "expected a run's record (results/<profile>/runs/<task>/<name>.json) or the folder of a BERT classifier";

/**
 * Finds the model that `path` names. Throws `InputError` when nothing is there, when a record's weights are not (with
 * the command that makes them again), and when a part is missing, such as its planner.
 */
export async function findSaved(path: string): Promise<SavedRun> {
  const place = resolve(path), found = await stat(place).catch(() => null);
  if (found?.isFile()) return await withWeights(await savedOfRecord(place, path));
  const saved = { folder: place, record: await recordBeside(place) };
  if (saved.record) return await withWeights(saved);
  if (!found) throw new InputError(`"${path}" does not exist; ${wanted}.`);
  if (!await stat(join(place, "config.json")).catch(() => null)) {
    throw new InputError(`"${path}" holds no config.json; ${wanted}.`);
  }
  return saved;
}

/** The results folder that a run's file or folder lies in: `<results>/<profile>/<kind>/<task>/<name>`. */
const resultsOf = (place: string) => resolve(place, "../../../..");

async function savedOfRecord(place: string, path: string): Promise<SavedRun> {
  if (!place.endsWith(".json") || basename(resolve(place, "../..")) !== "runs") {
    throw new InputError(`"${path}" is no run's record by its place; ${wanted}.`);
  }
  const record = parseRunRecord(await readFile(place, "utf8"), path);
  const paths = runPaths(resultsOf(place), record);
  if (paths.record !== place) {
    throw new InputError(
      `${path} is the record of ${
        basename(paths.record)
      } on ${record.task} (${record.profile}) under another name, ` +
        "so its weights are not beside it; name the folder that holds them.",
    );
  }
  const request = { ...record, settings: overridesOf(record) };
  return { folder: modelFolder(resultsOf(place), request), record };
}

/** The record of the run that left its weights in `folder`, if that is what the folder's place says. */
async function recordBeside(folder: string): Promise<RunRecord | null> {
  const file = join(folder, "../../../runs", basename(dirname(folder)), `${basename(folder)}.json`);
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const record = parseRunRecord(text, file);
  return runPaths(resultsOf(folder), record).checkpoint === folder ? record : null;
}

async function withWeights(saved: SavedRun): Promise<SavedRun> {
  const { folder, record } = saved;
  if (!record) return saved;
  if (!await hasModel(folder)) throw new InputError(`${folder} holds no weights. ${howToTrain(record)}`);
  for (const part of Object.keys(entryOf(record.method).parts) as (keyof Parts)[]) {
    if (await hasPart(folder, part)) continue;
    throw new InputError(
      `${folder} holds no ${part}.safetensors, but its record says ${record.method}. ${howToTrain(record)}`,
    );
  }
  return saved;
}

const howToTrain = (record: RunRecord) =>
  `Train it again with \`${
    trainCommand(record, overridesOf(record))
  } --fresh\` and name the record that it writes.`;
