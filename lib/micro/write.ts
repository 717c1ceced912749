/** Examples as GLUE's files, with their difficulty and the test labels beside. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "../atomic.ts";
import { type SplitFile, splitFile, type SplitName, taskById } from "../glue/tasks.ts";
import { type MicroOptions, type MicroSplits, microSplits, microTasks } from "./examples.ts";
import { tokenCount } from "./lexicon.ts";
import { microVocabulary } from "./vocabulary.ts";

/** Text by file name below the folder. */
export type Files = Record<string, string>;

/** A row as the files need it. */
export interface WrittenRow {
  a: string;
  b: string | null;
  label: string;
}

/**
 * The text of one GLUE file: header, columns and numbering as `spec` says. `source` fills the columns that name
 * where a sentence is from; parses, which nobody reads, are "-".
 */
export function glueText(spec: SplitFile, rows: readonly WrittenRow[], source: string): string {
  const lines = rows.map((row, index) =>
    spec.columns.map((name, column) => {
      if (column === spec.a) return row.a;
      if (column === spec.b) return row.b!;
      if (column === spec.label || /^label\d$/.test(name)) return row.label;
      return otherField(name, index, row.label, source);
    }).join("\t")
  );
  const header = spec.columns.map((names) => names.split("|")[0]).join("\t");
  return [...(spec.header ? [header] : []), ...lines].map((line) => `${line}\n`).join("");
}

function otherField(name: string, index: number, label: string, source: string): string {
  if (/^(index|id|id\|index|promptID|old_index)$/.test(name)) return String(index);
  if (/^(qid1|#1 ID)$/.test(name)) return String(2 * index);
  if (/^(qid2|#2 ID)$/.test(name)) return String(2 * index + 1);
  if (name === "pairID") return `${index}n`;
  if (name === "mark") return label === "0" ? "*" : ""; // CoLA's star for the unacceptable
  if (name === "year") return "0000";
  if (/^(genre|filename|source)$/.test(name)) return source;
  return "-";
}

/** The files of one task: its GLUE folder with `difficulty.tsv`, and `answers/<task>.tsv` for test. */
export function microFiles(taskId: string, splits: MicroSplits): Files {
  const task = taskById(taskId);
  const files: Files = {};
  const difficulty = ["split\tindex\tlevel\thard"], answers = ["split\tindex\tlabel"];
  for (const [name, examples] of Object.entries(splits)) {
    const spec = splitFile(task, name as SplitName);
    const split = spec.file.replace(/\.tsv$/, "");
    // GLUE's MRPC begins with a byte-order mark, and so does this.
    const mark = task.id === "mrpc" && name === "train" ? "\uFEFF" : "";
    files[`${task.folder}/${spec.file}`] = mark + glueText(spec, examples, "micro");
    examples.forEach(({ level, hard, label }, index) => {
      difficulty.push(`${split}\t${index}\t${level}\t${hard}`);
      if (spec.label === null) answers.push(`${split}\t${index}\t${label}`);
    });
  }
  files[`${task.folder}/difficulty.tsv`] = difficulty.join("\n") + "\n";
  files[`answers/${task.id}.tsv`] = answers.join("\n") + "\n";
  return files;
}

/** What one task's files hold. */
export interface MicroSummary {
  task: string;
  rows: Record<string, number>;
  levels: { from: number; to: number };
  /** Tokens of an input of dev, special tokens included. */
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

async function writeUnlessEqual(path: string, text: string): Promise<void> {
  const existing = await readFile(path, "utf8").catch(() => null);
  if (existing !== text) await writeAtomic(path, text);
}
