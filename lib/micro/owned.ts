/** Whose files lie in a folder that generated rows are to be written into: nobody's data is replaced by generated rows. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { taskById } from "../glue/tasks.ts";
import type { Files } from "./files.ts";

/** First line of `difficulty.tsv`, the file that makes a task's folder micro-GLUE's own. */
export const difficultyHeader = "split\tindex\tlevel\thard";
/** First line of a file below `answers/`. */
export const answersHeader = "split\tindex\tlabel";

/**
 * Throws `InputError` where a task's folder below `folder` has GLUE files but is not micro-GLUE's own, or where a file
 * below `answers/` is not. Nothing there, or no `folder` at all, is fine.
 */
export async function refuseForeignTasks(folder: string, tasks: readonly string[]): Promise<void> {
  for (const { id, folder: name } of tasks.map(taskById)) {
    const path = join(folder, name), found = await tableNames(path);
    if (found.length > 0 && !await isOwn(path)) {
      throw new InputError(
        `${path} holds ${
          found.join(", ")
        }, but no difficulty.tsv as generated rows have; expected a folder without ` +
          ".tsv files or one that micro-GLUE was written into. Nothing was written: choose another folder.",
      );
    }
    const answers = join(folder, "answers", `${id}.tsv`), line = await firstLine(answers);
    if (line !== null && line !== answersHeader) {
      throw new InputError(
        `${answers} begins with "${
          line.slice(0, 40)
        }"; expected no such file or micro-GLUE's own, which begins with ` +
          `"${answersHeader}". Nothing was written: choose another folder.`,
      );
    }
  }
}

/**
 * Throws `InputError` where `folder` has a `vocab.txt` other than `text` and none of `tasks` is micro-GLUE's own: it may
 * be a BERT's.
 */
export async function refuseForeignVocabulary(
  folder: string,
  text: string,
  tasks: readonly string[],
): Promise<void> {
  const path = join(folder, "vocab.txt"), found = await textOf(path);
  if (found === null || found === text) return;
  const own = await Promise.all(tasks.map((task) => isOwn(join(folder, taskById(task).folder))));
  if (own.includes(true)) return;
  throw new InputError(
    `${path} has ${
      found.trimEnd().split("\n").length
    } tokens, which are not micro-GLUE's; expected no vocab.txt or ` +
      "micro-GLUE's own. Nothing was written: choose another folder.",
  );
}

/**
 * Throws `InputError` where `folder` has one of `files` with other bytes: for rows that have no mark of their own, such
 * as smoke's, so that only the same bytes are known as theirs.
 */
export async function refuseOtherBytes(folder: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name), found = await textOf(path);
    if (found === null || found === text) continue;
    throw new InputError(
      `${path} is there and holds something else than the rows to be written; expected no such file or the same rows. ` +
        "Nothing was written: choose another folder.",
    );
  }
}

/** Whether the task's folder at `path` is micro-GLUE's own: its difficulties are written before its rows. */
async function isOwn(path: string): Promise<boolean> {
  return await firstLine(join(path, "difficulty.tsv")) === difficultyHeader;
}

async function firstLine(path: string): Promise<string | null> {
  return (await textOf(path))?.split(/\r?\n/, 1)[0] ?? null;
}

/** The text of a file; null if there is none. */
async function textOf(path: string): Promise<string | null> {
  return await readFile(path, "utf8").catch((error) => noneOr(error, path, null));
}

/** The `.tsv` files in a folder, by name; none if there is no folder. */
async function tableNames(path: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    const tables = entries.filter(({ name, isDirectory }) => name.endsWith(".tsv") && !isDirectory);
    return tables.map(({ name }) => name).sort();
  } catch (error) {
    return noneOr(error as Error, path, []);
  }
}

/** `none` for what is not there. Throws `InputError` for what cannot be read. */
function noneOr<T>(error: Error & { code?: string }, path: string, none: T): T {
  if (error.code === "ENOENT") return none;
  throw new InputError(
    `Cannot read ${path} (${error.message}), so whose it is is not known. Nothing was written: choose another folder.`,
  );
}
