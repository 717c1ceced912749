/** Examples as GLUE's files, with their difficulty and the test labels beside. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { splitFile, type SplitName, taskById } from "../glue/tasks.ts";
import { type MicroOptions, microSeed, type MicroSplits, microSplits, microTasks } from "./examples.ts";
import { type Files, glueText, writeUnlessEqual, type WrittenRow } from "./files.ts";
import type { MicroExample } from "./grammar.ts";
import { tokenCount } from "./lexicon.ts";
import { microVocabulary } from "./vocabulary.ts";

/** Fills the columns that name where a sentence is from. */
const source = "micro";

/** The files of one task: its GLUE folder with `difficulty.tsv`, and `answers/<task>.tsv` for test. */
export function microFiles(taskId: string, splits: MicroSplits): Files {
  const task = taskById(taskId);
  const files: Files = {};
  const difficulty = ["split\tindex\tlevel\thard"], answers = ["split\tindex\tlabel"];
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
 * `microSplits` does and for a folder that cannot be written; nothing is written before every task is generated.
 */
export async function writeMicroGlue(
  folder: string,
  { tasks = microTasks, ...options }: MicroOptions & { tasks?: readonly string[] },
): Promise<MicroSummary[]> {
  const generated = tasks.map((task) => ({ task, splits: microSplits(task, options) }));
  await writeUnlessEqual(join(folder, "vocab.txt"), microVocabulary().join("\n") + "\n");
  for (const { task, splits } of generated) {
    for (const [name, text] of Object.entries(microFiles(task, splits))) {
      await writeUnlessEqual(join(folder, name), text);
    }
  }
  return generated.map(({ task, splits }) => summary(task, splits));
}

function summary(task: string, splits: MicroSplits): MicroSummary {
  const dev = splits.dev!, levels = dev.map(({ level }) => level), tokens = dev.map(inputTokens);
  return {
    task,
    rows: Object.fromEntries(Object.entries(splits).map(([name, examples]) => [name, examples.length])),
    levels: { from: Math.min(...levels), to: Math.max(...levels) },
    tokens: {
      mean: tokens.reduce((sum, count) => sum + count, 0) / tokens.length,
      longest: Math.max(...Object.values(splits).flat().map(inputTokens)),
    },
  };
}

/** Tokens of an example, [CLS] and [SEP] included. */
export function inputTokens({ a, b }: Pick<WrittenRow, "a" | "b">): number {
  return tokenCount(a) + 2 + (b === null ? 0 : tokenCount(b) + 1);
}
