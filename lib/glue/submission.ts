/**
 * A leaderboard submission: a zip of GLUE's eleven files at its top level and of nothing else, since that is all the
 * leaderboard is known to take. Two of them are fillers, which a comment on their entry says.
 */
import { unzipSync, type ZippableFile, zipSync } from "fflate";
import { InputError } from "../errors.ts";
import { formatPrediction, leaderboardText, parseLeaderboard } from "./predictions.ts";
import { splitFile, type SplitName, submissionTasks, type Task, type TaskId } from "./tasks.ts";

/** One file of a submission. */
export interface LeaderboardFile {
  /** `MNLI-mm.tsv` */
  name: string;
  task: Task;
  split: SplitName;
}

/** All of them, in GLUE's order. */
export const leaderboardFiles: readonly LeaderboardFile[] = submissionTasks.flatMap((task) =>
  Object.entries(task.submissionFiles).map(([split, name]) => ({ name, task, split: split as SplitName }))
);

/** The paper leaves both out; AX counts for no score. */
const filledTasks: readonly TaskId[] = ["wnli", "ax"];

/** Whether nobody trains on the file's task here, so that it is filled. */
export const isFiller = ({ task }: LeaderboardFile): boolean => filledTasks.includes(task.id);

/** Says of a filler what it is. */
export const fillerNote = ({ task }: LeaderboardFile): string =>
  `a filler, no prediction: every row is "${formatPrediction(task, 0)}"`;

/** Rows of the official file. */
export const officialRows = ({ task, split }: LeaderboardFile): number => splitFile(task, split).rows;

/** zip's first day: the same predictions are the same bytes whenever they are packed. */
const mtime = new Date(1980, 0, 1);

/**
 * Packs the predictions (class indices or values) of each file by its name, and fills WNLI and AX. Throws `InputError`
 * for a file without predictions and for a value that is none of its task's.
 */
export function submissionZip(predictions: ReadonlyMap<string, readonly number[]>): Uint8Array {
  const entries = leaderboardFiles.map((file): [string, ZippableFile] => {
    const filler = isFiller(file), values = filler ? fillerOf(file) : predictions.get(file.name);
    if (!values) throw new InputError(`There are no predictions for ${file.name}; expected a row each.`);
    const bytes = new TextEncoder().encode(leaderboardText(file.task, values));
    return [file.name, [bytes, { mtime, ...filler ? { comment: fillerNote(file) } : {} }]];
  });
  return zipSync(Object.fromEntries(entries));
}

const fillerOf = (file: LeaderboardFile): number[] => Array(officialRows(file)).fill(0);

/**
 * Reads a submission back as the leaderboard does; `path` names it in errors. Throws `InputError` unless it holds the
 * eleven files alone, each with its header, `rows` rows numbered from 0 and labels of its task.
 */
export function checkSubmission(
  zip: Uint8Array,
  path: string,
  rows: (file: LeaderboardFile) => number,
): void {
  const entries = unzipSync(zip), known = leaderboardFiles.map(({ name }) => name);
  const strange = Object.keys(entries).find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw new InputError(`${path} holds ${strange}; expected ${known.join(", ")} and nothing else.`);
  }
  for (const file of leaderboardFiles) {
    const bytes = entries[file.name], place = `${path}: ${file.name}`;
    if (!bytes) throw new InputError(`${path} lacks ${file.name}; expected all of ${known.join(", ")}.`);
    const found = parseLeaderboard(file.task, bytes, place).length, expected = rows(file);
    if (found !== expected) {
      throw new InputError(
        `${place} has ${found} rows; expected ${expected}, one per row of ${file.task.title}'s ${file.split} split.`,
      );
    }
  }
}
