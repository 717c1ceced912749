/** One process at a time: a locked file that holds its owner's process id, for those who wait. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { cannot, writeBytes } from "../../files/atomic.ts";
import { InputError } from "../../errors.ts";
import { openLocked } from "../../files/locked_file.ts";
import { Stopped } from "../../train/mod.ts";

const pollMs = 100, patientPolls = 5;

/** What to say and whom to ask while waiting. */
export interface LockOptions {
  onNote?(text: string): void;
  shouldStop?(): boolean;
}

/**
 * Runs `work` while holding the lock `file`. Waits for its owner, and says who that is after half a second; the lock of
 * a process that was killed is free at once, and that is said too. Throws `InputError` when the file cannot be
 * written or locked, `Stopped` when `shouldStop` says so while waiting.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lock = await locked(file, options);
  try {
    return await work();
  } finally {
    await release(lock, file);
  }
}

async function locked(file: string, { onNote, shouldStop }: LockOptions): Promise<Deno.FsFile> {
  try {
    await mkdir(dirname(file), { recursive: true });
    for (let polls = 0;; polls++) {
      const lock = await openLocked(file);
      if (lock) return await signed(lock, onNote);
      if (shouldStop?.()) throw new Stopped(`Stopped while waiting for ${file}; nothing was changed.`);
      if (polls === patientPolls) onNote?.(`waiting for ${await ownerOf(file)}, which works on the same run`);
      await new Promise((resume) => setTimeout(resume, pollMs));
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw cannot("lock", file, error as Error);
  }
}

/** Puts our process id into the lock. Who finishes leaves none, so one that is there is a killed owner's. */
async function signed(lock: Deno.FsFile, onNote: LockOptions["onNote"]): Promise<Deno.FsFile> {
  const bytes = new Uint8Array(32), length = await lock.read(bytes).catch(() => 0) ?? 0;
  const killed = new TextDecoder().decode(bytes.subarray(0, length));
  if (/^\d+$/.test(killed)) {
    onNote?.(`process ${killed} ended in the middle of this run; continuing from what it saved`);
  }
  // The id is for people; a disk too full for it is found out by who writes what matters.
  await sign(lock, String(Deno.pid)).catch(() => {});
  return lock;
}

async function sign(lock: Deno.FsFile, text: string): Promise<void> {
  await lock.truncate(0);
  await lock.seek(0, Deno.SeekMode.Start);
  await writeBytes(lock, new TextEncoder().encode(text));
}

/** Lets go. The file is removed while it is still locked: who has opened it meanwhile sees that (`openLocked`). */
async function release(lock: Deno.FsFile, file: string): Promise<void> {
  // Windows does not take away what others may have open; there it stays, empty.
  if (Deno.build.os === "windows") await sign(lock, "").catch(() => {});
  else await Deno.remove(file).catch(() => {});
  lock.close();
}

async function ownerOf(file: string): Promise<string> {
  // Windows lets nobody read a locked file.
  const pid = await Deno.readTextFile(file).catch(() => "");
  return pid ? `process ${pid}` : "another process";
}
