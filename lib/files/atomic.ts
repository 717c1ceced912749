/** Files that are whole or not there, even when the process is killed or the power goes. */
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { openLocked } from "./locked_file.ts";

/**
 * Writes `content` to a temporary name in the same folder, then renames it: a reader sees the old file or the new
 * one, never a part. Makes the folder. Throws `InputError` naming the file if it cannot be written.
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await replaceFile(path, (file) => writeBytes(file, bytes));
}

/** Writes all of `bytes`; a single `write` may stop early. */
export async function writeBytes(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/**
 * As `writeAtomic`, for content that is written piece by piece. Removes what writers of the same file left when they
 * were killed. Throws `InputError`; what `write` throws as `InputError` is passed on.
 */
export async function replaceFile(path: string, write: (file: Deno.FsFile) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  try {
    await makeFolder(folder);
    await sweepTemporaries(folder, basename(path));
    const { file, temporary } = await openTemporary(path);
    try {
      await write(file);
      await file.sync();
      // Renamed before it is closed: up to here it is locked, so that nobody sweeps it.
      await Deno.rename(temporary, path);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    } finally {
      file.close();
    }
    await syncFolder(folder);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw cannot("write", path, error as Error);
  }
}

/** The error for a file that the system does not let be written or locked, with what helps against it. */
export function cannot(verb: "write" | "lock", path: string, { message }: Error): InputError {
  const isFull = /no space|quota|too large/i.test(message);
  const help = isFull
    ? "Free some space or choose another folder"
    : "Make its folder writable or choose another one";
  return new InputError(`Cannot ${verb} ${path} (${message}). ${help}.`);
}

/** Not by process id and a counter alone: containers that share a folder share those. */
async function openTemporary(path: string): Promise<{ file: Deno.FsFile; temporary: string }> {
  for (;;) {
    const id = `${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
    const temporary = join(dirname(path), `.${basename(path)}.${id}.tmp`);
    const plain = () => Deno.open(temporary, { write: true, create: true });
    const file = await openLocked(temporary).catch(plain); // some network file systems know no locks
    if (file) return { file, temporary };
    // Somebody swept it before it was locked.
  }
}

/** The names of temporary files, ours and those of earlier builds. */
const temporaryName = /^\.?(.+)\.\d+-[\da-z]+\.tmp$/;

/**
 * Removes the temporary files that killed writers left in `folder`; only those of `name`, if it is given. A living
 * writer holds its file's lock, so its file stays.
 */
export async function sweepTemporaries(folder: string, name?: string): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const target = temporaryName.exec(entry.name)?.[1];
    if (!entry.isFile || target === undefined || (name !== undefined && target !== name)) continue;
    // What cannot be removed does not stop the work that matters.
    await removeUnlocked(join(folder, entry.name)).catch(() => {});
  }
}

async function removeUnlocked(path: string): Promise<void> {
  const file = await openLocked(path);
  try {
    if (file) await Deno.remove(path);
  } finally {
    file?.close();
  }
}

/** Makes `folder`, and tells the disk of every folder that is new. */
async function makeFolder(folder: string): Promise<void> {
  const isThere = await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false);
  if (isThere) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await Deno.mkdir(folder).catch((error) => {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error; // another process was faster
  });
  await syncFolder(parent);
}

/** A renamed file survives a power cut once its folder is on the disk. Best effort: not every system opens a folder. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await Deno.open(folder);
    try {
      await handle.sync();
    } finally {
      handle.close();
    }
  } catch {
    // Windows, some network file systems
  }
}
