/**
 * The tasks of GLUE: files, columns, labels, metrics. Sizes and class order follow Hugging Face `datasets`
 * (`glue/dataset_infos.json`), columns follow GLUE's own TSV files.
 *
 * MNLI's class order differs between code bases; ours is Hugging Face's (entailment, neutral, contradiction).
 * RTE and QNLI count `entailment` as class 0, WNLI as class 1.
 */
import { InputError } from "../errors.ts";

/** A task's stable name on the command line and in records. */
export type TaskId = "cola" | "sst-2" | "mrpc" | "sts-b" | "qqp" | "mnli" | "qnli" | "rte" | "wnli" | "ax";

/** A split's stable name. MNLI's `dev` and `test` are the matched ones, `-mm` the mismatched ones. */
export type SplitName = "train" | "dev" | "dev-mm" | "test" | "test-mm";

/** One TSV file of a task. Column positions count from 0. */
export interface SplitFile {
  /** File name inside the task's folder. */
  file: string;
  /** Whether the first line names the columns (CoLA's train and dev have no such line). */
  header: boolean;
  /** Column names in order; a name with "|" allows any of its parts. */
  columns: readonly string[];
  /** Column of the first (or only) sentence. */
  a: number;
  /** Column of the second sentence; null for tasks on single sentences. */
  b: number | null;
  /** Column of the label; null where the labels are not public. */
  label: number | null;
  /** Column that must number the rows 0, 1, 2 ... (test files); null elsewhere. */
  index: number | null;
  /** Data rows in the official file. */
  rows: number;
}

/** All that is particular to one GLUE task. */
export interface Task {
  id: TaskId;
  /** Name as tables show it. */
  title: string;
  /** Folder under the GLUE folder. */
  folder: string;
  kind: "classification" | "regression";
  /** The strings of the files' label column, by class index; empty for a regression. */
  labels: readonly string[];
  /** Readable class names, by class index, for checkpoints; empty for a regression. */
  classNames: readonly string[];
  /** Whether an example has two sentences. */
  pair: boolean;
  splits: Partial<Record<SplitName, SplitFile>>;
  /** Components of the score, as `scoreTask` (MNLI: `scoreMnli`) names them. */
  metrics: readonly string[];
  /** The leaderboard's file name for each split without public labels. */
  submissionFiles: Partial<Record<SplitName, string>>;
  /** QQP has rows broken by line feeds inside questions, and empty questions: short rows of train and dev are dropped. */
  dropsShortRows: boolean;
}

const columns = {
  cola: ["source", "label", "mark", "sentence"],
  sentence: ["index", "sentence"],
  labelledSentence: ["sentence", "label"],
  pair: ["index", "sentence1", "sentence2"],
  labelledPair: ["index", "sentence1", "sentence2", "label"],
  question: ["index", "question", "sentence"],
  labelledQuestion: ["index", "question", "sentence", "label"],
  mrpc: ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"],
  mrpcTest: ["index", "#1 ID", "#2 ID", "#1 String", "#2 String"],
  stsb: [
    ...["index", "genre", "filename", "year", "old_index"],
    ...["source1", "source2", "sentence1", "sentence2"],
  ],
  qqp: ["id", "qid1", "qid2", "question1", "question2", "is_duplicate"],
  qqpTest: ["id|index", "question1", "question2"],
  mnli: [
    ...["index", "promptID", "pairID", "genre", "sentence1_binary_parse", "sentence2_binary_parse"],
    ...["sentence1_parse", "sentence2_parse", "sentence1", "sentence2"],
  ],
};

/** A labelled file. */
function labelled(
  file: string,
  rows: number,
  names: readonly string[],
  at: { a: number; b?: number; label: number },
  header = true,
): SplitFile {
  return { file, header, columns: names, a: at.a, b: at.b ?? null, label: at.label, index: null, rows };
}

/** A file without labels, whose first column numbers the rows. */
function unlabelled(
  file: string,
  rows: number,
  names: readonly string[],
  at: { a: number; b?: number },
): SplitFile {
  return { file, header: true, columns: names, a: at.a, b: at.b ?? null, label: null, index: 0, rows };
}

const one = { a: 1, b: 2 };
const threeWay = ["entailment", "neutral", "contradiction"];
const classifies = { kind: "classification", dropsShortRows: false } as const;
const mnliDev = [...columns.mnli, "label1", "label2", "label3", "label4", "label5", "gold_label"];

/** Every task this project reads, in GLUE's order. */
export const tasks: readonly Task[] = [
  {
    ...classifies,
    id: "cola",
    title: "CoLA",
    folder: "CoLA",
    labels: ["0", "1"],
    classNames: ["unacceptable", "acceptable"],
    pair: false,
    splits: {
      train: labelled("train.tsv", 8551, columns.cola, { a: 3, label: 1 }, false),
      dev: labelled("dev.tsv", 1043, columns.cola, { a: 3, label: 1 }, false),
      test: unlabelled("test.tsv", 1063, columns.sentence, { a: 1 }),
    },
    metrics: ["matthews"],
    submissionFiles: { test: "CoLA.tsv" },
  },
  {
    ...classifies,
    id: "sst-2",
    title: "SST-2",
    folder: "SST-2",
    labels: ["0", "1"],
    classNames: ["negative", "positive"],
    pair: false,
    splits: {
      train: labelled("train.tsv", 67349, columns.labelledSentence, { a: 0, label: 1 }),
      dev: labelled("dev.tsv", 872, columns.labelledSentence, { a: 0, label: 1 }),
      test: unlabelled("test.tsv", 1821, columns.sentence, { a: 1 }),
    },
    metrics: ["accuracy"],
    submissionFiles: { test: "SST-2.tsv" },
  },
  {
    ...classifies,
    id: "mrpc",
    title: "MRPC",
    folder: "MRPC",
    labels: ["0", "1"],
    classNames: ["not_equivalent", "equivalent"],
    pair: true,
    splits: {
      train: labelled("train.tsv", 3668, columns.mrpc, { a: 3, b: 4, label: 0 }),
      dev: labelled("dev.tsv", 408, columns.mrpc, { a: 3, b: 4, label: 0 }),
      test: unlabelled("test.tsv", 1725, columns.mrpcTest, { a: 3, b: 4 }),
    },
    metrics: ["accuracy", "f1"],
    submissionFiles: { test: "MRPC.tsv" },
  },
  {
    id: "sts-b",
    title: "STS-B",
    folder: "STS-B",
    kind: "regression",
    labels: [],
    classNames: [],
    pair: true,
    splits: {
      train: labelled("train.tsv", 5749, [...columns.stsb, "score"], { a: 7, b: 8, label: 9 }),
      dev: labelled("dev.tsv", 1500, [...columns.stsb, "score"], { a: 7, b: 8, label: 9 }),
      test: unlabelled("test.tsv", 1379, columns.stsb, { a: 7, b: 8 }),
    },
    metrics: ["pearson", "spearman"],
    submissionFiles: { test: "STS-B.tsv" },
    dropsShortRows: false,
  },
  {
    ...classifies,
    id: "qqp",
    title: "QQP",
    folder: "QQP",
    labels: ["0", "1"],
    classNames: ["not_duplicate", "duplicate"],
    pair: true,
    splits: {
      train: labelled("train.tsv", 363846, columns.qqp, { a: 3, b: 4, label: 5 }),
      dev: labelled("dev.tsv", 40430, columns.qqp, { a: 3, b: 4, label: 5 }),
      test: unlabelled("test.tsv", 390965, columns.qqpTest, one),
    },
    metrics: ["accuracy", "f1"],
    submissionFiles: { test: "QQP.tsv" },
    dropsShortRows: true,
  },
  {
    ...classifies,
    id: "mnli",
    title: "MNLI",
    folder: "MNLI",
    labels: threeWay,
    classNames: threeWay,
    pair: true,
    splits: {
      train: labelled("train.tsv", 392702, [...columns.mnli, "label1", "gold_label"], {
        a: 8,
        b: 9,
        label: 11,
      }),
      dev: labelled("dev_matched.tsv", 9815, mnliDev, { a: 8, b: 9, label: 15 }),
      "dev-mm": labelled("dev_mismatched.tsv", 9832, mnliDev, { a: 8, b: 9, label: 15 }),
      test: unlabelled("test_matched.tsv", 9796, columns.mnli, { a: 8, b: 9 }),
      "test-mm": unlabelled("test_mismatched.tsv", 9847, columns.mnli, { a: 8, b: 9 }),
    },
    metrics: ["matched", "mismatched"],
    submissionFiles: { test: "MNLI-m.tsv", "test-mm": "MNLI-mm.tsv" },
  },
  {
    ...classifies,
    id: "qnli",
    title: "QNLI",
    folder: "QNLI",
    labels: ["entailment", "not_entailment"],
    classNames: ["entailment", "not_entailment"],
    pair: true,
    splits: {
      train: labelled("train.tsv", 104743, columns.labelledQuestion, { ...one, label: 3 }),
      dev: labelled("dev.tsv", 5463, columns.labelledQuestion, { ...one, label: 3 }),
      test: unlabelled("test.tsv", 5463, columns.question, one),
    },
    metrics: ["accuracy"],
    submissionFiles: { test: "QNLI.tsv" },
  },
  {
    ...classifies,
    id: "rte",
    title: "RTE",
    folder: "RTE",
    labels: ["entailment", "not_entailment"],
    classNames: ["entailment", "not_entailment"],
    pair: true,
    splits: {
      train: labelled("train.tsv", 2490, columns.labelledPair, { ...one, label: 3 }),
      dev: labelled("dev.tsv", 277, columns.labelledPair, { ...one, label: 3 }),
      test: unlabelled("test.tsv", 3000, columns.pair, one),
    },
    metrics: ["accuracy"],
    submissionFiles: { test: "RTE.tsv" },
  },
  {
    ...classifies,
    id: "wnli",
    title: "WNLI",
    folder: "WNLI",
    labels: ["0", "1"],
    classNames: ["not_entailment", "entailment"],
    pair: true,
    splits: {
      train: labelled("train.tsv", 635, columns.labelledPair, { ...one, label: 3 }),
      dev: labelled("dev.tsv", 71, columns.labelledPair, { ...one, label: 3 }),
      test: unlabelled("test.tsv", 146, columns.pair, one),
    },
    metrics: ["accuracy"],
    submissionFiles: { test: "WNLI.tsv" },
  },
  {
    ...classifies,
    id: "ax",
    title: "AX",
    folder: "diagnostic",
    labels: threeWay,
    classNames: threeWay,
    pair: true,
    splits: { test: unlabelled("diagnostic.tsv", 1104, columns.pair, one) },
    metrics: [],
    submissionFiles: { test: "AX.tsv" },
  },
];

/** The tasks of one leaderboard submission: all of them (`submission.ts`). */
export const submissionTasks: readonly Task[] = tasks.filter((task) => task.submissionFiles.test);

/** The task called `id`. Throws `InputError` listing the tasks there are. */
export function taskById(id: string): Task {
  const task = tasks.find((candidate) => candidate.id === id);
  if (!task) {
    throw new InputError(
      `Unknown task "${id}"; expected one of ${tasks.map((known) => known.id).join(", ")}.`,
    );
  }
  return task;
}

/** The file of `task`'s split. Throws `InputError` listing the splits the task has. */
export function splitFile(task: Task, split: SplitName): SplitFile {
  const file = task.splits[split];
  if (!file) {
    throw new InputError(
      `${task.title} has no split "${split}"; it has ${Object.keys(task.splits).join(", ")}.`,
    );
  }
  return file;
}
