/**
 * A few generated rows in GLUE's exact file formats, for tests and the smoke profile: no download, a vocabulary
 * of some fifty words, rules that a two-layer model can pick up. Never shown as a result.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import seedrandom from "seedrandom";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../errors.ts";

const specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const nouns = ["cat", "dog", "bird", "horse", "tree", "river", "house", "song"];
const verbs = ["sees", "likes", "finds", "holds", "hears", "follows"];
const praise = ["good", "bright", "sweet", "happy", "fine"];
const blame = ["bad", "dark", "sour", "sad", "poor"];
const looks = ["big", "small", "old", "new", "red", "blue"];
const glueWords = ["the", "a", "is", "was", "very", "and", "what", "who", "it", "there", ".", "?"];

/** Every token of the smoke rows, special tokens first; a line of `vocab.txt` each. */
export function smokeVocabulary(): string[] {
  return [...specials, ...glueWords, ...nouns, ...verbs, ...praise, ...blame, ...looks];
}

/** The smoke tasks' ids: GLUE's eight. */
export const smokeTasks = ["cola", "sst-2", "mrpc", "sts-b", "qqp", "mnli", "qnli", "rte"] as const;

export type SmokeTask = typeof smokeTasks[number];

/** Data rows of each smoke file. */
export const smokeRows = { train: 64, dev: 32, test: 16 } as const;

/** What decides the rows. */
export interface SmokeOptions {
  /** The same seed gives the same bytes. */
  seed: number | string;
  /** All eight unless said otherwise. */
  tasks?: readonly string[];
}

/**
 * Writes `folder/<GLUE folder>/*.tsv`. A file that is there already with the same bytes is left alone; others
 * are written beside and renamed. Throws `InputError` for a task it has no rule for.
 */
export async function writeSmokeGlue(
  folder: string,
  { seed, tasks = smokeTasks }: SmokeOptions,
): Promise<void> {
  for (const task of tasks) {
    for (const [name, text] of Object.entries(smokeFiles(task, seed))) {
      await writeUnlessEqual(join(folder, name), text);
    }
  }
}

/** The files of one task: path under the GLUE folder -> text. */
export function smokeFiles(task: string, seed: number | string): Record<string, string> {
  const format = Object.hasOwn(formats, task) ? formats[task as SmokeTask] : null;
  if (!format) {
    throw new InputError(`No smoke rows for task "${task}"; expected one of ${smokeTasks.join(", ")}.`);
  }
  const files: Record<string, string> = {};
  for (const [file, kind] of Object.entries(format.files ?? plainFiles)) {
    const random = seedrandom(`${seed}/smoke/${task}/${file}`);
    const lines = Array.from({ length: smokeRows[kind] }, (_, row) => {
      const label = row % format.labels.length;
      return format[kind](row, format.row(label, random), format.labels[label]).join("\t");
    });
    const header = format.header[kind];
    files[`${format.folder}/${file}`] = (header === null ? lines : [header, ...lines]).join("\n") + "\n";
  }
  return files;
}

type Kind = "train" | "dev" | "test";
type Random = () => number;

interface Sentences {
  a: string;
  b: string;
}

interface Format {
  folder: string;
  /** Labels as the file writes them; row r gets label r mod their number, so that classes are balanced. */
  labels: string[];
  /** First line of each kind of file; null where GLUE's has none. */
  header: Record<Kind, string | null>;
  files?: Record<string, Kind>;
  /** The rule: sentences that carry the label. */
  row(label: number, random: Random): Sentences;
  train(row: number, sentences: Sentences, label: string): string[];
  dev(row: number, sentences: Sentences, label: string): string[];
  test(row: number, sentences: Sentences): string[];
}

const plainFiles: Record<string, Kind> = { "train.tsv": "train", "dev.tsv": "dev", "test.tsv": "test" };

function pick<T>(words: readonly T[], random: Random): T {
  return words[Math.floor(random() * words.length)];
}

function pickOther(words: readonly string[], not: string, random: Random): string {
  return pick(words.filter((word) => word !== not), random);
}

/** CoLA's rule is word order: an article stands before its noun, or after it. */
function ordered(label: number, random: Random): Sentences {
  const phrase = (noun: string) => label === 1 ? `the ${noun}` : `${noun} the`;
  const a = `${phrase(pick(nouns, random))} ${pick(verbs, random)} ${phrase(pick(nouns, random))} .`;
  return { a, b: "" };
}

/** SST-2's rule is the word: praise or blame. */
function judged(label: number, random: Random): Sentences {
  const word = pick(label === 1 ? praise : blame, random);
  const noun = pick(nouns, random);
  const forms = [
    `the ${noun} is very ${word} .`,
    `it was a ${word} ${noun} .`,
    `there is a ${word} ${noun} .`,
  ];
  return { a: pick(forms, random), b: "" };
}

/** The pair tasks' rule: the second sentence is about the same noun, or about another. */
function aboutNouns(same: boolean, random: Random): Sentences {
  const noun = pick(nouns, random);
  const other = same ? noun : pickOther(nouns, noun, random);
  return { a: `the ${pick(looks, random)} ${noun} ${pick(verbs, random)} .`, b: `there is a ${other} .` };
}

/** QQP and QNLI ask about the noun. */
function askedNouns(same: boolean, random: Random): Sentences {
  const { a, b } = aboutNouns(same, random);
  return { a: `who ${pick(verbs, random)} ${a.split(" ").slice(0, 3).join(" ")} ?`, b };
}

/** MNLI: same noun and the same word; another noun; same noun but blamed instead of praised. */
function judgedPair(label: number, random: Random): Sentences {
  const noun = pick(nouns, random);
  const word = pick(praise, random);
  const secondNoun = label === 1 ? pickOther(nouns, noun, random) : noun;
  return {
    a: `the ${noun} is ${word} .`,
    b: `the ${secondNoun} is ${label === 2 ? pick(blame, random) : word} .`,
  };
}

/** STS-B: the score counts the shared ones of five words. */
function overlapping(score: number, random: Random): Sentences {
  const slots = [looks, nouns, verbs, praise, nouns];
  const first = slots.map((words) => pick(words, random));
  const draws = slots.map(() => random());
  const keep = [0, 1, 2, 3, 4].sort((x, y) => draws[x] - draws[y]).slice(0, score);
  const second = first.map((word, slot) =>
    keep.includes(slot) ? word : pick(slots[slot].filter((other) => !first.includes(other)), random)
  );
  const sentence = ([look, noun, verb, judgement, object]: string[]) =>
    `the ${look} ${noun} ${verb} a ${judgement} ${object} .`;
  return { a: sentence(first), b: sentence(second) };
}

const indexed = (row: number, { a, b }: Sentences) => [String(row), a, b];
const indexedLabelled = (row: number, s: Sentences, label: string) => [...indexed(row, s), label];

/** MNLI's columns up to the sentences; its parses are brackets around the words. */
function mnliColumns(row: number, { a, b }: Sentences): string[] {
  const id = String(row);
  return [id, id, `${id}s`, "smoke", `( ${a} )`, `( ${b} )`, `(ROOT ${a})`, `(ROOT ${b})`, a, b];
}

const mnliHeader = [
  ...["index", "promptID", "pairID", "genre", "sentence1_binary_parse", "sentence2_binary_parse"],
  ...["sentence1_parse", "sentence2_parse", "sentence1", "sentence2"],
];
const stsbHeader = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2";
const stsbColumns = (
  row: number,
  { a, b }: Sentences,
) => [String(row), "smoke", "smoke", "0000", String(row), "none", "none", a, b];
const mrpcStrings = (row: number, { a, b }: Sentences) => [String(2 * row), String(2 * row + 1), a, b];
const mrpcHeader = "#1 ID\t#2 ID\t#1 String\t#2 String";
const labelledPairHeader = "index\tsentence1\tsentence2\tlabel";
const labelledQuestionHeader = "index\tquestion\tsentence\tlabel";

/** The same columns in train and dev. */
function labelledAs(
  header: string | null,
  testHeader: string,
  columns: (row: number, sentences: Sentences, label: string) => string[],
) {
  return { header: { train: header, dev: header, test: testHeader }, train: columns, dev: columns };
}

const formats: Record<SmokeTask, Format> = {
  "cola": {
    folder: "CoLA",
    labels: ["0", "1"],
    ...labelledAs(
      null,
      "index\tsentence",
      (_, { a }, label) => ["smoke", label, label === "0" ? "*" : "", a],
    ),
    row: ordered,
    test: (row, { a }) => [String(row), a],
  },
  "sst-2": {
    folder: "SST-2",
    labels: ["0", "1"],
    ...labelledAs("sentence\tlabel", "index\tsentence", (_, { a }, label) => [a, label]),
    row: judged,
    test: (row, { a }) => [String(row), a],
  },
  "mrpc": {
    folder: "MRPC",
    labels: ["0", "1"],
    // GLUE's MRPC begins with a byte-order mark, and so does this.
    ...labelledAs(
      `\uFEFFQuality\t${mrpcHeader}`,
      `index\t${mrpcHeader}`,
      (row, s, label) => [label, ...mrpcStrings(row, s)],
    ),
    row: (label, random) => aboutNouns(label === 1, random),
    test: (row, s) => [String(row), ...mrpcStrings(row, s)],
  },
  "sts-b": {
    folder: "STS-B",
    labels: ["0.000", "1.000", "2.000", "3.000", "4.000", "5.000"],
    ...labelledAs(`${stsbHeader}\tscore`, stsbHeader, (row, s, label) => [...stsbColumns(row, s), label]),
    row: overlapping,
    test: stsbColumns,
  },
  "qqp": {
    folder: "QQP",
    labels: ["0", "1"],
    ...labelledAs(
      "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate",
      "id\tquestion1\tquestion2",
      (row, { a, b }, label) => [String(row), String(2 * row), String(2 * row + 1), a, b, label],
    ),
    row(label, random) {
      const { a, b } = askedNouns(label === 1, random);
      return { a, b: `what is the ${b.split(" ")[3]} ?` };
    },
    test: indexed,
  },
  "mnli": {
    folder: "MNLI",
    labels: ["entailment", "neutral", "contradiction"],
    header: {
      train: [...mnliHeader, "label1", "gold_label"].join("\t"),
      dev: [...mnliHeader, "label1", "label2", "label3", "label4", "label5", "gold_label"].join("\t"),
      test: mnliHeader.join("\t"),
    },
    files: {
      "train.tsv": "train",
      "dev_matched.tsv": "dev",
      "dev_mismatched.tsv": "dev",
      "test_matched.tsv": "test",
      "test_mismatched.tsv": "test",
    },
    row: judgedPair,
    train: (row, s, label) => [...mnliColumns(row, s), label, label],
    dev: (row, s, label) => [...mnliColumns(row, s), ...new Array(6).fill(label)],
    test: mnliColumns,
  },
  "qnli": {
    folder: "QNLI",
    labels: ["entailment", "not_entailment"],
    ...labelledAs(labelledQuestionHeader, "index\tquestion\tsentence", indexedLabelled),
    row: (label, random) => askedNouns(label === 0, random),
    test: indexed,
  },
  "rte": {
    folder: "RTE",
    labels: ["entailment", "not_entailment"],
    ...labelledAs(labelledPairHeader, "index\tsentence1\tsentence2", indexedLabelled),
    row: (label, random) => aboutNouns(label === 0, random),
    test: indexed,
  },
};

async function writeUnlessEqual(path: string, text: string): Promise<void> {
  const existing = await readFile(path, "utf8").catch(() => null);
  if (existing !== text) await writeAtomic(path, text);
}
