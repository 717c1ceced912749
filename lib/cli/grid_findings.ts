/** What the chosen runs need that this machine may lack: rows, weights, room on the disk, memory. Nothing is changed here. */
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BertConfig, readBertConfig } from "../bert/mod.ts";
import { requireWeights, weightsBytes, weightsSource } from "../bert/weights.ts";
import type { Config } from "../config.ts";
import { existsSync } from "node:fs";
import { sizeText } from "../files/download.ts";
import { glueBytes, glueCache, missingGlueFiles } from "../glue/download.ts";
import { readSplit, type SplitName, type Task, taskById } from "../glue/mod.ts";
import { smokeVocabulary } from "../micro/mod.ts";
import { availableMemory, physicalCores } from "../runs/records/environment.ts";
import { type Grid, missingRuns } from "../runs/grid/grid.ts";
import { possibleRuns } from "../runs/methods/mod.ts";
import { diskNeed, memoryNeed, type Training } from "../runs/schedule/needs.ts";
import { recipeFor } from "../runs/recipe.ts";
import { readRecords } from "../runs/records/store.ts";
import { requireGlueDir } from "../runs/sources/glue.ts";
import { microBackbone } from "../runs/sources/micro.ts";
import { generatesRows } from "../runs/grid/profiles.ts";
import { smokeConfig } from "../runs/sources/smoke.ts";
import { numOutputs } from "../runs/sources/sources.ts";
import type { BackendName } from "../tensor/ops.ts";
import { type PlannedBackend, plannedBackend, stepShape } from "./backend.ts";
import { type Finding, finding, lacking, there } from "./finding.ts";

/** What is to run, and where it reads and writes. */
export interface Plan {
  config: Config;
  grid: Grid;
  /** Runs at once where that was asked for; else as many as cores and memory allow. */
  jobs?: number | null;
}

/**
 * GLUE's files: each task's header and rows where the grid reads them, else only their folder. `own` is where `reproduce`
 * gathers them itself.
 */
export async function dataFindings({ config, grid }: Plan, own = glueCache): Promise<Finding[]> {
  if (generatesRows(grid.profile)) {
    const folder = await finding("GLUE", () => there("GLUE", requireGlueDir(config)), "optional");
    return [there("data", `the ${grid.profile} profile generates its rows`), folder];
  }
  if (config.glueDir) {
    const folder = await finding("GLUE", () => there("GLUE", requireGlueDir(config)));
    if (folder.state !== "there") return [folder]; // once, not for every task
  }
  return await Promise.all(grid.tasks.map((task) => taskFinding(task, config, own)));
}

/** Whether `reproduce` downloads the task's files; those of a folder that is begun it leaves alone. */
function fetchesGlue(task: Task, { glueDir, offline }: Config, own: string): boolean {
  return !glueDir && !offline && missingGlueFiles(task, own).length > 0 &&
    !existsSync(join(own, task.folder));
}

/** Bytes of the weights that `reproduce` downloads. */
async function weightsToFetch({ config, grid }: Plan): Promise<number> {
  if (generatesRows(grid.profile) || config.bertDir || config.offline) return 0;
  return await weightsBytes(weightsSource("minilm"), config);
}

/** Bytes of all that `reproduce` downloads. */
async function downloadNeed(plan: Plan, own: string): Promise<number> {
  const tasks = generatesRows(plan.grid.profile) ? [] : plan.grid.tasks.map(taskById);
  const fetched = tasks.filter((task) => fetchesGlue(task, plan.config, own));
  return fetched.reduce((bytes, task) => bytes + glueBytes(task), await weightsToFetch(plan));
}

function toFetch(what: string, bytes: number): Finding {
  return lacking(what, "optional", `not there yet (${sizeText(bytes)})`, "`reproduce` fetches it");
}

function taskFinding(id: string, config: Config, own: string): Promise<Finding> {
  const task = taskById(id), what = `data ${task.title}`;
  const names = (["train", "dev", "dev-mm"] as SplitName[]).filter((name) => task.splits[name]);
  return finding(what, async () => {
    if (fetchesGlue(task, config, own)) return toFetch(what, glueBytes(task));
    const glueDir = requireGlueDir(config, task, own);
    const splits = await Promise.all(names.map((name) => readSplit(task, glueDir, name)));
    const rows = splits.map(({ examples }, i) => `${examples.length} ${names[i]}`).join(", ");
    const place = join(glueDir, task.folder), found = `${rows} rows in ${place}`;
    const warnings = splits.flatMap((split) => split.warnings);
    if (warnings.length === 0) return there(what, found);
    const fix = config.glueDir
      ? "put GLUE's own files there, or unset DPB_GLUE_DIR to have them fetched"
      : `remove ${place} to have GLUE's own files fetched`;
    return lacking(what, "optional", [found, ...warnings].join("; "), fix);
  });
}

/** The pre-trained BERT: sizes are compared, sums are not (that is `setup --weights`). */
export function weightsFinding(plan: Plan): Promise<Finding> {
  const { config, grid } = plan;
  const what = "weights", smoke = grid.profile === "smoke";
  return finding(what, async () => {
    if (grid.profile === "micro") {
      const { folder, bertConfig: { numLayers, hiddenSize } } = await microBackbone(config);
      return there(what, `${numLayers} layers x ${hiddenSize} in ${folder}`);
    }
    if (!smoke && config.bertDir) {
      const { numLayers, hiddenSize } = await readBertConfig(config.bertDir);
      for (const name of ["model.safetensors", "vocab.txt"]) {
        if (!await isFile(join(config.bertDir, name))) {
          return lacking(
            what,
            "needed",
            `DPB_BERT_DIR="${config.bertDir}" has no ${name}`,
            "name another folder, or put it there",
          );
        }
      }
      return there(what, `${numLayers} layers x ${hiddenSize} in ${config.bertDir}`);
    }
    const missing = await weightsToFetch(plan);
    if (missing > 0) return toFetch(what, missing);
    return there(
      what,
      `all-MiniLM-L6-v2 in ${await requireWeights("minilm", config)}${
        smoke ? " (the smoke profile needs none)" : ""
      }`,
    );
  }, smoke ? "optional" : "needed");
}

/** Whether results can be written. */
export function resultsFinding({ config: { results } }: Plan): Promise<Finding> {
  const what = "results";
  return finding(what, async () => {
    const folder = await nearestExisting(results);
    try {
      await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: ".dpbert-doctor-" }));
      return there(what, `${results} can be written`);
    } catch (error) {
      const found = `${folder} cannot be written (${(error as Error).message})`;
      return lacking(
        what,
        "needed",
        found,
        "make it writable, or set DPB_RESULTS (--into) to another folder",
      );
    }
  });
}

/** Free space where results go, against the runs that have no record yet and all that is downloaded. */
export function diskFinding(plan: Plan, freeAt = freeBytes, own = glueCache): Promise<Finding> {
  const what = "disk";
  return finding(what, async () => {
    const { config: { results }, grid } = plan;
    const missing = missingRuns(possibleRuns(grid), await readRecords(results, grid.profile));
    const free = await freeAt(await nearestExisting(results));
    const jobs = plan.jobs ?? physicalCores();
    const runs = diskNeed(await largestTraining(plan), missing.length, jobs);
    const downloads = await downloadNeed(plan, own), need = runs + downloads;
    const found = `${gigabytes(free)} free, ${missing.length} runs without a record need ${
      gigabytes(runs)
    } (weights of each, and two checkpoints of those that train)${
      downloads > 0 ? `, downloads ${sizeText(downloads)}` : ""
    }`;
    return free > need
      ? there(what, found)
      : lacking(what, "needed", found, "`deno task clean` says what can go; or set DPB_RESULTS (--into)");
  });
}

/** The most that tfjs's wasm heap can grow to: 2^32 bytes (tried: it breaks at 4.3 GB). */
const wasmHeap = 2 ** 32;

/** Free memory against the largest training of the grid, and its part in tfjs's wasm heap against that heap's limit. */
export function memoryFinding(
  plan: Plan,
  backend: BackendName | null,
  free = availableMemory(),
): Promise<Finding> {
  const what = "memory";
  return finding(what, async () => {
    const { heap, total } = memoryNeed(await largestTraining(plan));
    const jobs = plan.jobs ?? 1;
    const found = `${gigabytes(free)} free, training needs about ${gigabytes(total)}${
      jobs > 1 ? ` for each of ${jobs} runs at once` : ""
    }`;
    const smaller = "train fewer rows at once: `deno task train --set stage1.batchSize=16 ...`";
    if (backend === "wasm" && heap > wasmHeap) {
      const limit = `${found}, ${gigabytes(heap)} of it in the heap of wasm, which ends at ${
        gigabytes(wasmHeap)
      }`;
      return lacking(what, "needed", limit, `use a GPU (DPB_BACKEND=webgpu), or ${smaller}`);
    }
    return free > jobs * total ? there(what, found) : lacking(
      what,
      "needed",
      found,
      `${jobs > 1 ? "give --jobs a smaller number" : "close other programs"}, or ${smaller}`,
    );
  });
}

/** What serves, as far as that is known without measuring. */
export async function backendOf(plan: Plan): Promise<PlannedBackend> {
  const { config, recipe } = await trainingOf(plan, plan.grid.tasks[0]);
  return await plannedBackend(plan.config, stepShape({ config }, recipe));
}

/** The same for the reader. */
export function backendFinding({ name, why }: PlannedBackend): Finding {
  return there(
    "backend",
    name
      ? `${name}: ${why}`
      : `webgpu or wasm: ${why}, so each does a few steps first and the faster one serves`,
  );
}

/** The training of the grid that needs the most memory. */
export async function largestTraining(plan: Plan): Promise<Training> {
  const trainings = await Promise.all(plan.grid.tasks.map((task) => trainingOf(plan, task)));
  return trainings.reduce((largest, other) =>
    memoryNeed(other).total > memoryNeed(largest).total ? other : largest
  );
}

async function trainingOf({ config, grid }: Plan, task: string): Promise<Training> {
  return {
    config: await modelOf(config, grid.profile),
    recipe: recipeFor(grid.profile, task, null, {}),
    numOutputs: numOutputs(taskById(task)),
  };
}

/** all-MiniLM-L6-v2, for a machine that does not have it yet. */
const minilm: BertConfig = {
  vocabSize: 30522,
  hiddenSize: 384,
  numLayers: 6,
  numHeads: 12,
  intermediateSize: 1536,
  maxPositions: 512,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

async function modelOf(config: Config, profile: string): Promise<BertConfig> {
  if (profile === "smoke") return smokeConfig(smokeVocabulary().length);
  if (profile !== "micro" && !config.bertDir) return minilm;
  const found = profile === "micro"
    ? microBackbone(config).then(({ bertConfig }) => bertConfig)
    : readBertConfig(config.bertDir!);
  return await found.catch(() => {
    throw new Error("the model's config is not known"); // weightsFinding says why
  });
}

/** `path`, or the nearest one above it that exists. */
async function nearestExisting(path: string): Promise<string> {
  const exists = await Deno.stat(path).then(() => true, () => false);
  return exists || dirname(path) === path ? path : await nearestExisting(dirname(path));
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const isFile = (path: string) => Deno.stat(path).then((info) => info.isFile, () => false);

const gigabytes = (bytes: number) =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
