/** One process at a time: a lock is a file with its owner's process id. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/** Whether a process with that id runs on this machine. */
function alive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT"); // harmless to a running process
    return true;
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied;
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    await Deno.writeTextFile(file, String(Deno.pid), { createNew: true });
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const owner = Number(await Deno.readTextFile(file).catch(() => "0"));
    if (owner > 0 && !alive(owner)) await Deno.remove(file).catch(() => {});
    return false;
  }
}

/** Runs `work` while holding the lock `file`; waits for its owner, and takes over the lock of a dead one. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  while (!await tryLock(file)) await new Promise((resume) => setTimeout(resume, 500));
  try {
    return await work();
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}
