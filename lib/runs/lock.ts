/** One process at a time: a lock is a file with its owner's process id. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { InputError } from "../errors.ts";

/** Locks that this process holds. */
const held = new Set<string>();

/** Whether a process with that id runs on this machine. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks, sends nothing; on Windows too
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM"; // somebody else's
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    await Deno.writeTextFile(file, String(Deno.pid), { createNew: true });
    held.add(file);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const owner = Number(await Deno.readTextFile(file).catch(() => "0"));
    // Containers count process ids from 1, so a dead run's id may be ours: then only `held` says whose lock it is.
    const stale = owner === Deno.pid ? !held.has(file) : owner > 0 && !alive(owner);
    if (stale) await Deno.remove(file).catch(() => {});
    return false;
  }
}

/**
 * Runs `work` while holding the lock `file`; waits for its owner (and says so after two seconds), and takes over the
 * lock of a dead one. Throws `InputError` when the file cannot be written or `shouldStop` says so.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { onWait, shouldStop }: { onWait?: (text: string) => void; shouldStop?: () => boolean } = {},
): Promise<T> {
  try {
    await mkdir(dirname(file), { recursive: true });
    for (let tries = 0; !await tryLock(file); tries++) {
      if (shouldStop?.()) throw new InputError(`Stopped while waiting for ${file}; nothing was changed.`);
      if (tries === 4) onWait?.(`waiting for another process that trains the same run (${file})`);
      await new Promise((resume) => setTimeout(resume, 500));
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `Cannot write ${file} (${(error as Error).message}). Make its folder writable or choose another one.`,
    );
  }
  try {
    return await work();
  } finally {
    held.delete(file);
    await Deno.remove(file).catch(() => {});
  }
}
