/** The rendering half of `reproduce`: tables and figures from the records on disk, and executed copies of the notebooks. */
import { executeNotebook, saveFigure, saveTable } from "../notebook/mod.ts";
import { artefacts, readPaper, tablePlain } from "../report/mod.ts";
import { defaultMethods } from "../runs/profiles.ts";
import { readRecords, readTimings, settingSlug } from "../runs/store.ts";
import { Stopped } from "../train/mod.ts";
import type { progressPrinter } from "./progress.ts";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Throws `Stopped` if the user asked for it. */
export function endIfAsked(requested: () => boolean): void {
  if (requested()) {
    throw new Stopped("Stopped while rendering; the same command continues there, without training again.");
  }
}

/** Writes tables and figures of `profile` into `folder`, prints Table 1 and returns the files. */
export async function renderReport(folder: string, results: string, profile: string): Promise<string[]> {
  const [records, timings] = [await readRecords(results, profile), await readTimings(results, profile)];
  const setting = settingSlug(defaultMethods.find(({ method }) => method === "dpbert")!.settings!);
  const { tables, figures } = artefacts(records, timings, readPaper(), profile, setting);
  const files: string[] = [];
  console.log(`\n${tablePlain(tables[0])}`);
  for (const table of tables) files.push(...await saveTable(table, join(folder, "tables")));
  for (const figure of figures) files.push(...await saveFigure(figure, join(folder, "figures")));
  return files;
}

/** Executes a copy of every notebook, in the order of their names. Throws `Stopped` between cells when asked. */
export async function executeNotebooks(
  folder: string,
  env: Record<string, string>,
  printer: ReturnType<typeof progressPrinter>,
  requested: () => boolean,
): Promise<string[]> {
  const source = join(projectRoot, "notebooks"), names: string[] = [];
  for await (const { name } of Deno.readDir(source)) if (name.endsWith(".ipynb")) names.push(name);
  for (const name of names.sort()) {
    try {
      await executeNotebook({
        notebook: join(source, name),
        output: join(folder, "notebooks", name),
        env,
        onProgress: ({ state, line }) => {
          endIfAsked(requested);
          if (state === "finished") printer.note(line);
          else printer.live(line);
        },
      });
    } catch (error) {
      endIfAsked(requested); // Ctrl-C reaches the kernel too, which dies of it
      throw error;
    }
  }
  return names.map((name) => join(folder, "notebooks", name));
}
