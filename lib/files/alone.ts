/** Work that one process at a time does, while the others wait for it. */
import { dirname } from "node:path";
import { openLocked } from "./locked_file.ts";

/** How to wait for another process. */
export interface Waiting {
  /** Told once that there is something to wait for. */
  watch?: { note(line: string): void };
  /** Milliseconds between two looks; a second. */
  pauseMs?: number;
  wait?: (ms: number) => Promise<void>;
}

/** Runs `work` while this process alone holds the file `lock`, which is gone afterwards. */
export async function whileLocked<T>(lock: string, waiting: Waiting, work: () => Promise<T>): Promise<T> {
  const held = await openAlone(lock, waiting);
  try {
    return await work();
  } finally {
    await Deno.remove(lock).catch(() => {}); // while it is held: afterwards it may be another's
    held.close();
  }
}

/**
 * Opens `path` for this process alone, making it and its folder; waits as long as another one has it. Close the file to
 * let go. Throws as `Deno.mkdir` and `Deno.open`.
 */
export async function openAlone(
  path: string,
  { watch, pauseMs = 1000, wait = sleep }: Waiting,
): Promise<Deno.FsFile> {
  await Deno.mkdir(dirname(path), { recursive: true });
  // Some network file systems know no locks. There two processes spoil each other's files, which their sums will show.
  const open = () => openLocked(path).catch(() => Deno.open(path, { read: true, write: true, create: true }));
  for (let told = false;; told = true) {
    const file = await open();
    if (file) return file;
    if (!told) watch?.note(`another process is at work on ${path}; waiting for it`);
    await wait(pauseMs);
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
