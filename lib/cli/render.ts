/** The rendering half of `reproduce`: tables and figures from the records on disk, and executed copies of the notebooks. */
import { writeAtomic } from "../files/atomic.ts";
import type { Execute } from "../notebook/mod.ts";
import { tablePlain } from "../report/mod.ts";
import { committedResults } from "../runs/ensure.ts";
import { Stopped } from "../train/mod.ts";
import { atOnce } from "./at_once.ts";
import { artefactFiles, profileArtefacts } from "./artefact_files.ts";
import { rebaseOutputs } from "./notebook_outputs.ts";
import type { progressPrinter } from "./progress.ts";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Throws `Stopped` if the user asked for it. */
export function endIfAsked(requested: () => boolean): void {
  if (requested()) {
    throw new Stopped(
      "Stopped while rendering; the same command (without --fresh) continues there, without training again.",
    );
  }
}

/**
 * Writes tables and figures of `profile` into `folder`, prints Table 1 and returns the files. What was not run in `results`
 * is shown from the committed reference, and marked.
 */
export async function renderReport(folder: string, results: string, profile: string): Promise<string[]> {
  const artefacts = await profileArtefacts(results, profile, committedResults);
  console.log(`\n${tablePlain(artefacts.tables[0])}`);
  const files = await artefactFiles(artefacts, folder, projectRoot);
  for (const [path, content] of files) await writeAtomic(join(folder, path), content);
  return [...files.keys()].map((path) => join(folder, path));
}

/** How to execute notebooks. */
export interface ExecuteAllOptions {
  env: Record<string, string>;
  printer: ReturnType<typeof progressPrinter>;
  /** Notebooks at once. */
  jobs: number;
  stop: AbortSignal;
}

/** Executes a copy of every notebook, in the order of their names. Throws `Stopped` when `stop` asks for it. */
export async function executeNotebooks(
  folder: string,
  execute: Execute,
  { env, printer, jobs, stop: asked }: ExecuteAllOptions,
): Promise<string[]> {
  const source = join(projectRoot, "notebooks"), names: string[] = [];
  for await (const { name } of Deno.readDir(source)) if (name.endsWith(".ipynb")) names.push(name);
  await atOnce(names.sort(), { jobs, stop: asked }, async (name, stop) => {
    try {
      await execute({
        notebook: join(source, name),
        output: join(folder, "notebooks", name),
        env,
        stop,
        onProgress: ({ line }) => printer.live(line),
      });
      await rebaseOutputs(join(folder, "notebooks", name), source);
      printer.note(`executed ${name}`);
    } catch (error) {
      endIfAsked(() => asked.aborted); // it is no fault of the notebook
      throw error;
    }
  });
  return names.map((name) => join(folder, "notebooks", name));
}
