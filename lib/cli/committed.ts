/** Are the committed tables, figures, benchmark pages and notebook outputs what the records give? */
import { join } from "node:path";
import { artefactFiles, type Draw, namesIn, profileArtefacts, profilesIn } from "./artefact_files.ts";
import { benchMarkdown, benchPages, readMeasured, sourceOf } from "./bench_pages.ts";
import { differences, refreshCommand } from "./differences.ts";
import { notebookProblems } from "./notebook_outputs.ts";
import { samePicture } from "./picture.ts";

/** What differs, is missing or is left over below `<root>/results` and in the outputs of `<root>/notebooks`. */
export async function committedProblems(root: string, draw?: Draw): Promise<string[]> {
  const results = join(root, "results"), problems: string[] = [];
  for (const profile of await profilesIn(results)) {
    const artefacts = await profileArtefacts(results, profile);
    const files = await artefactFiles(artefacts, join(results, profile), root, draw);
    problems.push(...await profileProblems(root, `results/${profile}`, files));
  }
  const inNotebooks = [...(await notebookProblems(root, draw)).values()].flat();
  return [...problems, ...await benchProblems(root), ...inNotebooks];
}

async function profileProblems(
  root: string,
  folder: string,
  files: Map<string, string | Uint8Array>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, expected] of files) {
    problems.push(...await fileProblems(root, `${folder}/${path}`, expected));
  }
  for (const kind of ["tables", "figures"]) {
    for (const name of await namesIn(join(root, folder, kind))) {
      if (!files.has(`${kind}/${name}`)) {
        problems.push(`${folder}/${kind}/${name}: no record gives this file; delete it.`);
      }
    }
  }
  return problems;
}

async function fileProblems(root: string, path: string, expected: string | Uint8Array): Promise<string[]> {
  const found = await Deno.readFile(join(root, path)).catch(() => null);
  if (found === null) return [`${path} is missing; run \`${refreshCommand}\`.`];
  if (typeof expected === "string") return differences(path, new TextDecoder().decode(found), expected);
  return samePicture(found, expected)
    ? []
    : [`${path} shows another picture than the records give; run \`${refreshCommand}\`.`];
}

/** Pages of benchmarks that are not made of the JSON beside them; files that no benchmark writes. */
async function benchProblems(root: string): Promise<string[]> {
  const folder = "results/bench", names = await namesIn(join(root, folder)), problems: string[] = [];
  for (const page of benchPages) {
    const source = `${sourceOf(page)}.json`;
    if (!names.includes(source)) continue; // never run: nothing to show
    const expected = benchMarkdown(page, await readMeasured(join(root, folder, source)));
    problems.push(...await fileProblems(root, `${folder}/${page.name}.md`, expected));
  }
  const known = (name: string) =>
    benchPages.some((page) => name === `${sourceOf(page)}.json`) ||
    benchPages.some((page) => name === `${page.name}.md` && names.includes(`${sourceOf(page)}.json`));
  const strange = names.filter((name) => !known(name));
  return [
    ...problems,
    ...strange.map((name) => `${folder}/${name}: no benchmark of lib/cli/bench_pages.ts gives this file.`),
  ];
}
