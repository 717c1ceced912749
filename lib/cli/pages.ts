/** The pages that show committed tables, and how they are brought up to date. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../atomic.ts";
import { fillBlocks } from "../report/blocks.ts";

/** Paths from the project's root. */
export const pages = ["README.md"];

/** `page` with its blocks filled from the files of the project at `root`; a file that is not there leaves its block. */
export function filledPage(root: string, page: string): string {
  return fillBlocks(page, (path) => {
    try {
      return readFileSync(join(root, path), "utf8");
    } catch {
      return null;
    }
  });
}

/** Fills every page; called after the committed results have changed. */
export async function refreshPages(root: string): Promise<void> {
  for (const page of pages) {
    const text = await Deno.readTextFile(join(root, page));
    const filled = filledPage(root, text);
    if (filled !== text) await writeAtomic(join(root, page), filled);
  }
}
