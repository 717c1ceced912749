/** Every file that a profile's folder holds beside what runs wrote, as its records give it. Nothing is written here. */
import { join } from "node:path";
import { sortedJson } from "../notebook/document.ts";
import { type Picture, renderFigures } from "../notebook/mod.ts";
import {
  artefacts,
  type Figure,
  linkTo,
  markedTable,
  readStudy,
  type Table,
  tableMarkdown,
} from "../report/mod.ts";

/** Draws figures; `renderFigures` unless a test has no time for it. */
export type Draw = (figures: Figure[]) => Promise<Picture[]>;

/**
 * The tables and figures of a profile whose records lie in `<results>/<profile>`; what was not run there is shown from
 * `reference`, where one is given. Throws as `readStudy`.
 */
export async function profileArtefacts(results: string, profile: string, reference?: string) {
  return artefacts(await readStudy(results, profile, reference));
}

/** Content by path below `<results>/<profile>`. `project` is the folder that leads into the project start from. */
export async function artefactFiles(
  { tables, figures, pages }: { tables: Table[]; figures: Figure[]; pages: Table[] },
  folder: string,
  project: string,
  draw: Draw = renderFigures,
): Promise<Map<string, string | Uint8Array>> {
  const places = { profile: "..", project: linkTo(join(folder, "tables"), project) };
  const pictures = await draw(figures);
  return new Map([
    ...tables.flatMap((table): [string, string][] => [
      [`tables/${table.name}.md`, tableMarkdown({ ...table, places })],
      [`tables/${table.name}.json`, sortedJson(markedTable(table))],
    ]),
    ...pages.map((page): [string, string] => [
      `${page.name}.md`,
      tableMarkdown({ ...page, places: { profile: ".", project: linkTo(folder, project) } }),
    ]),
    ...figures.flatMap((figure, at): [string, string | Uint8Array][] => [
      [`figures/${figure.name}.svg`, pictures[at].svg],
      [`figures/${figure.name}.png`, pictures[at].png],
      [`figures/${figure.name}.json`, sortedJson(figure)],
    ]),
  ]);
}

/** The profiles whose runs lie directly below `results` (those of `results/local` do not), by name. */
export async function profilesIn(results: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await namesIn(results)) {
    const runs = await Deno.stat(join(results, name, "runs")).catch(() => null);
    if (runs?.isDirectory) found.push(name);
  }
  return found;
}

/** Names in a folder, sorted; none if it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (!name.startsWith(".")) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}
