/** Do the committed notebooks show the tables and figures that the records give? */
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import { callsShow, sortedJson } from "../notebook/document.ts";
import { type CodeCell, readNotebook, renderFigures, writeNotebook } from "../notebook/mod.ts";
import {
  bothGluesTable,
  examplesTable,
  type Figure,
  lessonModelTable,
  placesFrom,
  rebasedLinks,
  type Table,
  tableMarkdown,
  withoutLinks,
} from "../report/mod.ts";
import { microTasks, showcase } from "../micro/mod.ts";
import { referenceProfile } from "../runs/ensure.ts";
import { committedModel } from "../runs/lesson/model.ts";
import { type Draw, namesIn, profileArtefacts } from "./artefact_files.ts";
import { committedBenchTables } from "./bench_pages.ts";
import { differences, refreshCommand } from "./differences.ts";
import { samePicture } from "./picture.ts";

/** What a notebook may show of one profile, as it looks from the folder of notebooks. */
interface Expected {
  tables: string[];
  figures: Figure[];
}

/** Per notebook of `<root>/notebooks`: outputs that are missing, or show a table or figure of the report otherwise than the records give it. */
export async function notebookProblems(
  root: string,
  draw: Draw = renderFigures,
): Promise<Map<string, string[]>> {
  const expected = await expectedOutputs(root), problems = new Map<string, string[]>();
  for (const name of await namesIn(join(root, "notebooks"))) {
    if (name.endsWith(".ipynb")) problems.set(name, await outputProblems(root, name, expected, draw));
  }
  return problems;
}

/** What the profile gives whose results a reader sees who asks for nothing. */
async function expectedOutputs(root: string): Promise<Expected> {
  const results = join(root, "results"), at = join(root, "notebooks");
  const profile = await referenceProfile(results);
  const { tables, notebookTables, figures, notebookFigures } = await profileArtefacts(results, profile);
  const places = placesFrom(at, { profile: join(results, profile), project: root });
  return {
    tables: [
      ...[...tables, ...notebookTables].map((table) => tableMarkdown({ ...table, places })),
      ...await otherTables(root),
    ],
    figures: [...figures, ...notebookFigures],
  };
}

/** Generated once: they are the same for every project. */
let examples: Table[] | null = null;
const generatedExamples = () => examples ??= microTasks.map((task) => examplesTable(task, showcase(task)));

/** What notebooks show beside the reports of profiles: benchmarks, generated examples, and which BERT the lessons train. */
async function otherTables(root: string): Promise<string[]> {
  const model = await committedModel(root);
  const tables = [
    ...await committedBenchTables(root),
    ...generatedExamples(),
    ...model ? [lessonModelTable(model)] : [],
  ];
  return tables.map(tableMarkdown);
}

async function outputProblems(root: string, name: string, expected: Expected, draw: Draw): Promise<string[]> {
  const { cells } = await readNotebook(join(root, "notebooks", name)), problems: string[] = [];
  const code = cells.filter((cell) => cell.cell_type === "code") as CodeCell[];
  for (const [at, { outputs, source }] of code.entries()) {
    const place = `notebooks/${name}, output of cell ${at + 1}`;
    if (outputs.length === 0 && callsShow(source)) {
      problems.push(`${place} is missing; run \`${refreshCommand}\`.`);
    }
    for (const output of outputs) {
      if (output.output_type !== "display_data") continue;
      problems.push(...tableProblems(place, String(output.data["text/markdown"] ?? ""), expected.tables));
      if (plotly in output.data) {
        problems.push(...await figureProblems(place, output.data, expected.figures, draw));
      }
    }
  }
  return problems;
}

/** A table is known by its head; links apart, so that one from before there were links is known too. */
const headOf = (markdown: string) => withoutLinks(markdown).split("\n")[2] ?? "";

const ofBothGlues = headOf(tableMarkdown(bothGluesTable([])));

function tableProblems(place: string, shown: string, tables: string[]): string[] {
  if (headOf(shown) === ofBothGlues) {
    return [`${place}: shows sentences of GLUE, which are not ours to pass on; run \`${refreshCommand}\`.`];
  }
  const same = tables.filter((table) => headOf(table) === headOf(shown) && headOf(shown).startsWith("|"));
  return same.length === 0 || same.includes(shown) ? [] : differences(place, shown, same[0]);
}

const plotly = "application/vnd.plotly.v1+json";
/** The first sentence of its caption, which is its title: `Figure 3.` */
const titleOf = (caption: string) => /^[^.]*\./.exec(caption)?.[0];

async function figureProblems(
  place: string,
  shown: Record<string, unknown>,
  figures: Figure[],
  draw: Draw,
): Promise<string[]> {
  const caption = String(shown["text/plain"]), title = titleOf(caption);
  const same = figures.filter((figure) => title !== undefined && titleOf(figure.caption) === title);
  if (same.length === 0) return [];
  const figure = same.find((figure) => figure.caption === caption) ?? same[0];
  const [{ png }] = await draw([figure]);
  const { data } = shown[plotly] as { data: unknown };
  return [
    ...differences(place, caption, figure.caption),
    ...differences(`${place}, ${title}`, sortedJson(data), sortedJson(figure.spec.data)),
    ...samePicture(Buffer.from(String(shown["image/png"]), "base64"), png)
      ? []
      : [`${place}: ${title} is another picture than the records give; run \`${refreshCommand}\`.`],
  ];
}

/**
 * Makes the tables of an executed copy lead to the same files as in the folder `from`, where it ran. A copy's links then
 * do not depend on where it was made.
 */
export async function rebaseOutputs(copy: string, from: string): Promise<void> {
  const document = await readNotebook(copy);
  for (const cell of document.cells) {
    if (cell.cell_type !== "code") continue;
    for (const output of cell.outputs) {
      if (output.output_type !== "display_data") continue;
      const shown = output.data["text/markdown"];
      if (typeof shown === "string") output.data["text/markdown"] = rebasedLinks(shown, from, dirname(copy));
    }
  }
  await writeNotebook(copy, document);
}
