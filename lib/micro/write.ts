/** Examples as GLUE's files, with their difficulty and the test labels beside. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { splitFile, type SplitName, taskById } from "../glue/tasks.ts";
import { type MicroOptions, microSeed, type MicroSplits, microSplits, microTasks } from "./examples.ts";
import { type Files, glueText, writeUnlessEqual, type WrittenRow } from "./files.ts";
import type { MicroExample } from "./grammar.ts";
import { tokenCount } from "./lexicon.ts";
import { answersHeader, difficultyHeader, refuseForeignTasks, refuseForeignVocabulary } from "./owned.ts";
import { microVocabulary } from "./vocabulary.ts";
import { mean } from "../mean.ts";

/** Fills the columns that name where a sentence is from. */
const source = "micro";

/** The files of one task: its GLUE folder with `difficulty.tsv`, and `answers/<task>.tsv` for test. */
export function microFiles(taskId: string, splits: MicroSplits): Files {
  const task = taskById(taskId);
  const files: Files = {};
  const difficulty = [difficultyHeader], answers = [answersHeader];
  for (const [name, examples] of Object.entries(splits)) {
    const spec = splitFile(task, name as SplitName);
    const split = spec.file.replace(/\.tsv$/, "");
    files[`${task.folder}/${spec.file}`] = glueText(spec, examples, source);
    examples.forEach(({ level, hard, label }, index) => {
      difficulty.push(`${split}\t${index}\t${level}\t${hard}`);
      if (spec.label === null) answers.push(`${split}\t${index}\t${label}`);
    });
  }
  files[`${task.folder}/difficulty.tsv`] = difficulty.join("\n") + "\n";
  files[`answers/${task.id}.tsv`] = answers.join("\n") + "\n";
  return files;
}

/** `difficulty.tsv` first: it makes the folder micro-GLUE's own, and an interruption may leave no rows without it. */
function inOrderOfWriting(files: Files): [name: string, text: string][] {
  const isRows = (name: string) => !name.endsWith("/difficulty.tsv");
  return Object.entries(files).sort(([one], [other]) => Number(isRows(one)) - Number(isRows(other)));
}

/** The dev rows of the micro profile, in the order of the file, and the sum of that file. */
export function microDev(taskId: string): { examples: MicroExample[]; sha256: string } {
  // Dev is the same however many rows train has.
  const examples = microSplits(taskId, { seed: microSeed, rows: { train: 0 } }).dev!;
  const text = glueText(splitFile(taskById(taskId), "dev"), examples, source);
  return { examples, sha256: createHash("sha256").update(text).digest("hex") };
}

/** What one task's files hold. */
export interface MicroSummary {
  task: string;
  rows: Record<string, number>;
  levels: { from: number; to: number };
  /** Tokens of an input, special tokens included: the mean over dev, the longest of all splits. */
  tokens: { mean: number; longest: number };
}

/**
 * Writes `vocab.txt` and the files of `tasks` (all eight unless said otherwise) into `folder`. A file that is
 * there already with the same bytes is left alone; others are written beside and renamed. Throws `InputError` as
 * `microSplits` does, for a folder that cannot be written, and where `folder` holds files of these names that are not
 * micro-GLUE's own (`owned.ts`); nothing is written before every task is generated and every folder is looked at.
 */
export async function writeMicroGlue(
  folder: string,
  { tasks = microTasks, ...options }: MicroOptions & { tasks?: readonly string[] },
): Promise<MicroSummary[]> {
  const generated = tasks.map((task) => ({ task, splits: microSplits(task, options) }));
  const vocabulary = microVocabulary().join("\n") + "\n";
  await refuseForeignTasks(folder, tasks);
  await refuseForeignVocabulary(folder, vocabulary, microTasks);
  for (const { task, splits } of generated) {
    for (const [name, text] of inOrderOfWriting(microFiles(task, splits))) {
      await writeUnlessEqual(join(folder, name), text);
    }
  }
  // Last: a vocabulary of ours lies beside a folder of ours, whatever was interrupted.
  await writeUnlessEqual(join(folder, "vocab.txt"), vocabulary);
  return generated.map(({ task, splits }) => summary(task, splits));
}

function summary(task: string, splits: MicroSplits): MicroSummary {
  const dev = splits.dev!, levels = dev.map(({ level }) => level), tokens = dev.map(inputTokens);
  return {
    task,
    rows: Object.fromEntries(Object.entries(splits).map(([name, examples]) => [name, examples.length])),
    levels: { from: Math.min(...levels), to: Math.max(...levels) },
    tokens: {
      mean: mean(tokens),
      longest: Math.max(...Object.values(splits).flat().map(inputTokens)),
    },
  };
}

/** Tokens of an example, [CLS] and [SEP] included. */
export function inputTokens({ a, b }: Pick<WrittenRow, "a" | "b">): number {
  return tokenCount(a) + 2 + (b === null ? 0 : tokenCount(b) + 1);
}
