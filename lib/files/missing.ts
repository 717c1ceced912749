/** Files that may not be there. */
import { readFile } from "node:fs/promises";
import { InputError } from "../errors.ts";

/** For `catch` after a removal: what is not there need not be removed. Throws any other error again. */
export function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** The text of a file, or null where there is none. Throws `InputError` for one that is there and cannot be read. */
export async function textOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw new InputError(`Cannot read ${path} (${(error as Error).message}). Make it readable or delete it.`);
  }
}
