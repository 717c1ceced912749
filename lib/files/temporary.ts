/** Folders for files that nobody keeps. */
import { InputError } from "../errors.ts";

/** A new folder; whoever makes it removes it. Throws `InputError` where the system has no place for one. */
export async function makeTemporaryFolder(prefix: string): Promise<string> {
  try {
    return await Deno.makeTempDir({ prefix });
  } catch (error) {
    throw new InputError(
      `Cannot make a temporary folder (${
        (error as Error).message
      }). Set TMPDIR to a folder that can be written.`,
    );
  }
}
