/** Files that are known by their sum. */
import { createHash } from "node:crypto";
import { InputError } from "../errors.ts";

/** What must lie at `path`. */
export interface PinnedFile {
  path: string;
  /** Bytes. */
  size: number;
  /** In hexadecimal. */
  sha256: string;
}

/** Sha256 of a file, in hexadecimal. Throws `InputError` when it cannot be read. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    const file = await Deno.open(path);
    for await (const piece of file.readable) hash.update(piece);
  } catch (error) {
    throw new InputError(
      `Cannot read ${path} (${(error as Error).message}). Put the file there or name another folder.`,
    );
  }
  return hash.digest("hex");
}

/** Whether a file lies at `path` that has this size and sum. */
export async function isRight({ path, size, sha256 }: PinnedFile): Promise<boolean> {
  const found = await Deno.stat(path).catch(() => null);
  return found !== null && found.isFile && found.size === size && await sha256OfFile(path) === sha256;
}
