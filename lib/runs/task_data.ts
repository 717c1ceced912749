/** What a run reads: its task's rows, tokenized, and the backbone it starts from. */
import { type BertConfig, type BertParams, loadBert, randomBert, readBertConfig } from "../bert/mod.ts";
import { requireWeights } from "../bert/weights.ts";
import type { Config } from "../config.ts";
import { InputError } from "../errors.ts";
import {
  type EncodedExample,
  type Example,
  holdOut,
  readSplit,
  scoreTask,
  type Split,
  type SplitName,
  type Task,
  taskById,
} from "../glue/mod.ts";
import { glueCache, missingGlueFiles } from "../glue/download.ts";
import { smokeVocabulary, writeSmokeGlue } from "../micro/mod.ts";
import type { TrainingSet } from "../methods/mod.ts";
import { random } from "../tensor/mod.ts";
import { sha256OfFile } from "../files/sha256.ts";
import { type WordPiece, wordPieceFromVocab } from "../text/mod.ts";
import { loadVocabulary } from "./vocabulary.ts";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a profile's rows and weights come from. */
export interface Sources {
  task: Task;
  wordPiece: WordPiece;
  /** Text of the vocabulary, for saved models. */
  vocabText: string;
  config: BertConfig;
  weights: { name: string; sha256: string };
  /** A fresh backbone before stage 1; `seed` draws what the weights lack. */
  freshBackbone(seed: number): Promise<BertParams>;
  split(name: SplitName): Promise<Split>;
}

/** Outputs of a task's classifier. */
export const numOutputs = (task: Task) => task.kind === "regression" ? 1 : task.labels.length;

/** The smoke model: 4 layers x 32, from random weights. */
export function smokeConfig(vocabSize: number): BertConfig {
  return {
    vocabSize,
    hiddenSize: 32,
    numLayers: 4,
    numHeads: 4,
    intermediateSize: 64,
    maxPositions: 64,
    numSegments: 2,
    layerNormEpsilon: 1e-12,
  };
}

/** Wider than BERT's 0.02, which is too small at width 32 (science.md 1.2). */
const smokeDeviation = 0.1;

const smokeFolder = fileURLToPath(new URL("../../data/.cache/smoke", import.meta.url));

async function smokeSources(task: Task): Promise<Sources> {
  await writeSmokeGlue(smokeFolder, { seed: 0, tasks: [task.id] });
  const vocabText = smokeVocabulary().join("\n") + "\n";
  const wordPiece = wordPieceFromVocab(vocabText);
  const config = smokeConfig(wordPiece.vocabSize);
  const described = JSON.stringify({ config, smokeDeviation });
  return {
    task,
    wordPiece,
    vocabText,
    config,
    weights: { name: "random", sha256: createHash("sha256").update(described).digest("hex") },
    freshBackbone: (seed) =>
      Promise.resolve(randomBert(config, numOutputs(task), random(seed, "backbone"), smokeDeviation)),
    split: (name) => readSplit(task, smokeFolder, name, { expectOfficialCounts: false }),
  };
}

/**
 * The folder of GLUE's files: the one that DPB_GLUE_DIR names, else the project's own (`own`), which `setup --glue` fills.
 * Throws `InputError` when the first is not there or the second lacks files of `task`.
 */
export function requireGlueDir(
  { glueDir }: Pick<Config, "glueDir">,
  task: Task = taskById("mrpc"),
  own = glueCache,
): string {
  const folder = "a folder that holds CoLA, MRPC, ... as GLUE's own download has them";
  if (glueDir) {
    if (existsSync(glueDir)) return glueDir;
    throw new InputError(`DPB_GLUE_DIR names "${glueDir}", which does not exist; expected ${folder}.`);
  }
  const missing = missingGlueFiles(task, own);
  if (missing.length === 0) return own;
  throw new InputError(
    `GLUE's ${task.title} is not there: ${join(own, task.folder)} lacks ${missing.join(", ")}. ` +
      `Run \`deno task setup --glue ${task.id}\`, or set DPB_GLUE_DIR to ${folder}.`,
  );
}

async function glueSources(task: Task, config: Config): Promise<Sources> {
  const glueDir = requireGlueDir(config, task);
  const folder = config.bertDir ?? await requireWeights("minilm", config);
  const bertConfig = await readBertConfig(folder);
  return {
    task,
    ...await loadVocabulary(folder, bertConfig),
    config: bertConfig,
    weights: {
      name: config.bertDir ? "custom" : "all-MiniLM-L6-v2",
      sha256: await sha256OfFile(join(folder, "model.safetensors")),
    },
    freshBackbone: async (seed) => (await loadBert(folder, numOutputs(task), random(seed, "head"))).params,
    split: (name) => readSplit(task, glueDir, name),
  };
}

/** The sources of a profile's task. Throws `InputError` when files or weights are missing. */
export function openSources(profile: string, taskId: string, config: Config): Promise<Sources> {
  const task = taskById(taskId);
  if (task.metrics.length === 0 || task.id === "wnli") {
    throw new InputError(`Task "${taskId}" is for reading and submission only; it cannot be trained.`);
  }
  return profile === "smoke" ? smokeSources(task) : glueSources(task, config);
}

/** Token ids of examples, cut to `maxLength`. */
export function encodeExamples(
  wordPiece: WordPiece,
  examples: Example[],
  maxLength: number,
): EncodedExample[] {
  return examples.map(({ a, b, label, index }) => ({ ...wordPiece.encode(a, b, maxLength), label, index }));
}

/** Rows to train on, rows to select on, and rows to report on. */
export interface TaskData {
  train: EncodedExample[];
  heldOut: EncodedExample[];
  dev: EncodedExample[];
  devExamples: Example[];
  /** MNLI's second dev set. */
  mismatched: { encoded: EncodedExample[]; examples: Example[] } | null;
  /** For the record. */
  summary: { sha256: Record<string, string>; rows: Record<string, number>; warnings: string[] };
}

/**
 * Train, dev and, of MNLI, the second dev set, in this order. Throws `InputError` for rows that cannot be read: of two
 * broken files it names the first.
 */
export async function readSplits({ task, split }: Sources): Promise<Split[]> {
  const names: SplitName[] = task.splits["dev-mm"] ? ["train", "dev", "dev-mm"] : ["train", "dev"];
  const splits: Split[] = [];
  for (const name of names) splits.push(await split(name));
  return splits;
}

const fileName = ({ file }: Split) => file.split("/").at(-1)!;

/** The sum of every file, by its name. */
export function splitSums(splits: Split[]): Record<string, string> {
  return Object.fromEntries(splits.map((split) => [fileName(split), split.sha256]));
}

/**
 * Reads and encodes train and dev, and holds out the seeded tenth of train (design decision 9). Throws `InputError` for
 * rows that cannot be read and for inputs longer than the model has positions.
 */
export async function readTaskData(sources: Sources, maxLength: number, seed: number): Promise<TaskData> {
  const { wordPiece, config: { maxPositions } } = sources;
  if (maxLength > maxPositions) {
    throw new InputError(
      `Setting maxLength is ${maxLength}, but the model has ${maxPositions} positions. Set it to at most that.`,
    );
  }
  const splits = await readSplits(sources);
  const encoded = splits.map(({ examples }) => encodeExamples(wordPiece, examples, maxLength));
  return {
    ...holdOut(encoded[0], seed),
    dev: encoded[1],
    devExamples: splits[1].examples,
    mismatched: splits[2] ? { encoded: encoded[2], examples: splits[2].examples } : null,
    summary: {
      sha256: splitSums(splits),
      rows: Object.fromEntries(splits.map((split) => [fileName(split), split.examples.length])),
      warnings: splits.flatMap(({ warnings }) => warnings),
    },
  };
}

/** What the stages train on and select by. */
export function trainingSet({ task }: Sources, { train, heldOut }: TaskData): TrainingSet {
  const score = (predictions: number[], labels: number[]) => scoreTask(task, predictions, labels).score;
  return { kind: task.kind, train, heldOut, score };
}
