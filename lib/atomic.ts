/** Files that are whole or not there. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "./errors.ts";

let temporaryFiles = 0;

/**
 * Writes `content` to a temporary name in the same folder, then renames it: a reader sees the old file or the new
 * one, never a part. Makes the folder. Throws `InputError` naming the file if it cannot be written.
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${Deno.pid}-${temporaryFiles++}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new InputError(
      `Cannot write ${path} (${(error as Error).message}). Make its folder writable or choose another one.`,
    );
  }
}
