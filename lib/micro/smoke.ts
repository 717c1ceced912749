/**
 * A few generated rows in GLUE's exact file formats, for tests and the smoke profile: no download, a vocabulary
 * of some fifty words, rules that a two-layer model can pick up. Never shown as a result.
 */
import { join } from "node:path";
import seedrandom from "seedrandom";
import { InputError } from "../errors.ts";
import { taskById } from "../glue/tasks.ts";
import { type Files, glueText, writeUnlessEqual } from "./files.ts";

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
export function smokeFiles(task: string, seed: number | string): Files {
  const rule = Object.hasOwn(rules, task) ? rules[task as SmokeTask] : null;
  if (!rule) {
    throw new InputError(`No smoke rows for task "${task}"; expected one of ${smokeTasks.join(", ")}.`);
  }
  const { id, folder, labels, splits } = taskById(task);
  const values = labels.length > 0 ? labels : scores;
  const files: Files = {};
  for (const [split, spec] of Object.entries(splits)) {
    const random = seedrandom(`${seed}/smoke/${id}/${spec.file}`);
    const kind = split.split("-")[0] as keyof typeof smokeRows;
    const rows = Array.from({ length: smokeRows[kind] }, (_, row) => {
      // Row r gets label r mod their number, so that classes are balanced.
      const label = row % values.length;
      return { ...rule(label, random), label: values[label] };
    });
    files[`${folder}/${spec.file}`] = glueText(spec, rows, "smoke");
  }
  return files;
}

type Random = () => number;

/** The sentences that carry a label. */
interface Sentences {
  a: string;
  b: string | null;
}

const scores = ["0.000", "1.000", "2.000", "3.000", "4.000", "5.000"];

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
  return { a, b: null };
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
  return { a: pick(forms, random), b: null };
}

/** The pair tasks' rule: the second sentence is about the same noun, or about another. */
function aboutNouns(same: boolean, random: Random) {
  const noun = pick(nouns, random);
  const other = same ? noun : pickOther(nouns, noun, random);
  return { a: `the ${pick(looks, random)} ${noun} ${pick(verbs, random)} .`, b: `there is a ${other} .` };
}

/** QQP and QNLI ask about the noun. */
function askedNouns(same: boolean, random: Random) {
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

const rules: Record<SmokeTask, (label: number, random: Random) => Sentences> = {
  "cola": ordered,
  "sst-2": judged,
  "mrpc": (label, random) => aboutNouns(label === 1, random),
  "sts-b": overlapping,
  "qqp": (label, random) => {
    const { a, b } = askedNouns(label === 1, random);
    return { a, b: `what is the ${b.split(" ")[3]} ?` };
  },
  "mnli": judgedPair,
  "qnli": (label, random) => askedNouns(label === 0, random),
  "rte": (label, random) => aboutNouns(label === 0, random),
};
