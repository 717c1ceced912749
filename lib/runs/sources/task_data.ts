/** What a run reads: its task's rows, tokenized, and the backbone it starts from. */
import type { Config } from "../../config.ts";
import { InputError } from "../../errors.ts";
import {
  type EncodedExample,
  type Example,
  holdOut,
  parsePrediction,
  scoreTask,
  type Split,
  splitFile,
  type SplitName,
  taskById,
} from "../../glue/mod.ts";
import type { TrainingSet } from "../../methods/mod.ts";
import type { WordPiece } from "../../text/mod.ts";
import { glueSources } from "./glue.ts";
import { microSources } from "./micro.ts";
import { smokeSources } from "./smoke.ts";
import type { Sources } from "./sources.ts";

/** The sources of a profile's task. Throws `InputError` when files or weights are missing. */
export function openSources(profile: string, taskId: string, config: Config): Promise<Sources> {
  const task = taskById(taskId);
  if (task.metrics.length === 0 || task.id === "wnli") {
    throw new InputError(`Task "${taskId}" is for reading and submission only; it cannot be trained.`);
  }
  if (profile === "smoke") return smokeSources(task);
  return profile === "micro" ? microSources(task, config) : glueSources(task, config);
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

/**
 * A split with its labels, be they in its file or apart as the answers of generated rows; null where they are not public.
 * Throws `InputError` for a split that cannot be read.
 */
export async function labelledSplit(
  { task, split, answers }: Sources,
  name: SplitName,
): Promise<Split | null> {
  const found = await split(name);
  if (splitFile(task, name).label !== null) return found;
  if (!answers) return null;
  const labels = answers(name);
  const examples = found.examples.map((example) => {
    const labelText = labels[example.index];
    return { ...example, labelText, label: parsePrediction(task, labelText) };
  });
  return { ...found, examples };
}

const fileName = ({ file }: Split) => file.split("/").at(-1)!;

/** The sum of every file, by its name. */
export function splitSums(splits: Split[]): Record<string, string> {
  return Object.fromEntries(splits.map((split) => [fileName(split), split.sha256]));
}

/**
 * Reads and encodes train and dev, and holds out the seeded tenth of train. Throws `InputError` for
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
