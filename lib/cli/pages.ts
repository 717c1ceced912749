/** The pages that show committed tables and values, and how they are brought up to date. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomic } from "../files/atomic.ts";
import { weightsSource } from "../bert/weights.ts";
import { InputError } from "../errors.ts";
import { type FilledPage, fillPage, lookUp, strayNumbers } from "../report/mod.ts";
import { differences } from "./differences.ts";

/** Paths from the project's root; where `everyNumber` is set, prose holds no measured number of its own. */
export const pages = [
  { path: "README.md", everyNumber: true },
  { path: "data/micro/README.md", everyNumber: true },
];

/** Values that code knows and no file of results: by the file that defines them. */
const defined: Record<string, (name: string) => string> = {
  "lib/bert/weights.ts": (name) => {
    const bytes = weightsSource(name).files.reduce((sum, { size }) => sum + size, 0);
    return `${Math.round(bytes / 1e6)} MB`;
  },
};

/** The page at `path` with its blocks and values filled from the files of the project at `root`. */
export function filledPage(root: string, path: string, page: string): FilledPage {
  const textOf = (file: string) => {
    try {
      return readFileSync(join(root, file), "utf8");
    } catch {
      throw new InputError(`It shows ${file}, which is not there.`);
    }
  };
  return fillPage(page, dirname(path), {
    textOf,
    valueOf: (file, keys) => defined[file]?.(keys[0]) ?? lookUp(textOf(file), file, keys),
  });
}

/** Fills every page that is there; called after the committed results have changed. */
export async function refreshPages(root: string): Promise<void> {
  for (const { path } of pages) {
    const page = await Deno.readTextFile(join(root, path)).catch(() => "");
    const { text } = filledPage(root, path, page);
    if (text !== page) await writeAtomic(join(root, path), text);
  }
}

/** Pages that show other numbers than the committed files, or numbers that no file gives; a page that is not there is none. */
export async function pageProblems(root: string): Promise<string[]> {
  const found = await Promise.all(pages.map(async ({ path, everyNumber }) => {
    const page = await Deno.readTextFile(join(root, path)).catch(() => "");
    const { text, problems } = filledPage(root, path, page);
    const stray = everyNumber ? strayNumbers(page) : [];
    return [
      ...problems.map((problem) => `${path}: ${problem}`),
      ...differences(path, page, text),
      ...stray.map(({ line, text }) => `${path}, line ${line}: "${text}" looks measured; ${howToLead}`),
    ];
  }));
  return found.flat();
}

const howToLead =
  'fill it from a file (<!-- results/glue/tables/table1.md | MRPC | BERT | Ours -->), or mark it as "<!-- chosen -->" if nobody measured it, up to <!-- end -->.';
