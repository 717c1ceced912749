/** GLUE's files from their public places into one folder per task, which is complete or not there. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { whileLocked } from "../files/alone.ts";
import { download, type DownloadOptions, sizeText } from "../files/download.ts";
import { InputError } from "../errors.ts";
import { readSplit } from "./read.ts";
import { filesOf, type GlueSource, glueSources, publicBase } from "./sources.ts";
import type { SplitName, Task } from "./tasks.ts";

/** What of the configuration decides where the files come from (`readConfig` has these fields). */
export interface GlueAccess {
  /** Base address instead of `publicBase`, without a slash at the end. */
  mirror: string | null;
  /** True: never touch the network. */
  offline: boolean;
}

/** Where the files are gathered unless `DPB_GLUE_DIR` names a folder. */
export const glueCache = fileURLToPath(new URL("../../data/.cache/glue", import.meta.url));

/** The files of `task` that the GLUE folder `folder` lacks. */
export function missingGlueFiles(task: Task, folder: string): string[] {
  return filesOf(task).filter((name) => !existsSync(join(folder, task.folder, name)));
}

/**
 * Sees to it that `folder` has the folders of `tasks`: those that are not there are downloaded (sizes are said first), made,
 * and read as a check, before they take their place. Returns the tasks that were fetched. Throws `InputError` when
 * `offline` and something is missing, when a folder of a task is there but not complete, and as `download`, `unzip` and
 * `readSplit` do; then the task's folder is not there, and the downloads are kept for the next call.
 */
export async function obtainGlue(
  tasks: readonly Task[],
  folder: string,
  { mirror, offline }: GlueAccess,
  { sources = glueSources, ...options }: DownloadOptions & {
    sources?: Readonly<Record<string, GlueSource>>;
  } = {},
): Promise<Task[]> {
  const needed = tasks.filter((task) => missingGlueFiles(task, folder).length > 0);
  if (needed.length === 0) return [];
  if (offline) throw offlineError(needed, folder);
  const base = mirror ?? publicBase;
  const sizes = needed.map((task) => `${task.title} (${sizeText(bytesOf(sources[task.id]))})`);
  options.watch?.note(`GLUE: fetching ${sizes.join(", ")} from ${base} to ${folder}`);
  for (const task of needed) await obtainTask(task, sources[task.id], base, folder, options);
  return needed;
}

/** Bytes that `obtainGlue` downloads for `task`. */
export const glueBytes = (task: Task): number => bytesOf(glueSources[task.id]);

const bytesOf = ({ files }: GlueSource) => files.reduce((bytes, { size }) => bytes + size, 0);

function offlineError(tasks: Task[], folder: string): InputError {
  const files = tasks.map((task) => `${task.folder} (${filesOf(task).join(", ")})`).join(", ");
  const ids = tasks.map(({ id }) => id).join();
  return new InputError(
    `DPB_OFFLINE=1 forbids the network, and ${folder} lacks ${files}. Put them there, set DPB_GLUE_DIR to a folder that ` +
      `has them, or unset DPB_OFFLINE and run \`deno task setup --glue ${ids}\`.`,
  );
}

async function obtainTask(
  task: Task,
  source: GlueSource,
  base: string,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const place = join(folder, task.folder), lock = join(folder, `.${task.folder}.lock`);
  try {
    await whileLocked(lock, options, async () => {
      const missing = missingGlueFiles(task, folder);
      if (missing.length === 0) return; // another process was faster
      await refuseIncomplete(place, missing);
      await makeTask(task, source, base, folder, options);
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${place} cannot be made (${(error as Error).message}). Make room, or make it writable.`,
    );
  }
}

async function makeTask(
  task: Task,
  { files, make }: GlueSource,
  base: string,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const downloads = join(folder, `.${task.folder}.downloads`), fresh = join(folder, `.${task.folder}.new`);
  const downloaded = files.map(({ path }) => join(downloads, basename(path)));
  try {
    for (const [at, { path, size, sha256 }] of files.entries()) {
      await download({ url: `${base}/${path}`, path: downloaded[at], size, sha256 }, options);
    }
    await removeAll(fresh); // of a process that was killed
    await Deno.mkdir(join(fresh, task.folder), { recursive: true });
    await make(task, downloaded, join(fresh, task.folder));
    await checkRows(task, fresh, options);
    await Deno.rename(join(fresh, task.folder), join(folder, task.folder));
  } finally {
    await removeAll(fresh);
    await Deno.remove(downloads).catch(() => {}); // if nothing came
  }
  await removeAll(downloads);
}

/** Whoever put files there wants to keep them. */
async function refuseIncomplete(place: string, missing: string[]): Promise<void> {
  if (!await Deno.stat(place).catch(() => null)) return;
  throw new InputError(
    `${place} is there but lacks ${
      missing.join(", ")
    }. Put the files there, or remove the folder so that it is made anew.`,
  );
}

async function checkRows(task: Task, glueDir: string, { watch }: DownloadOptions): Promise<void> {
  for (const split of Object.keys(task.splits) as SplitName[]) {
    const { warnings } = await readSplit(task, glueDir, split);
    for (const warning of warnings) watch?.note(`warning: ${warning}`);
  }
}

async function removeAll(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(() => {});
}
