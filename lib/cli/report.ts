/**
 * `deno task report`: tables, figures, benchmark pages, pages and the notebooks that show them, written again from the
 * records on disk. Nothing is trained or timed. `--into <folder>` names another root of results than the committed one.
 */
import { parseArgs } from "node:util";
import { join, relative, resolve } from "node:path";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../errors.ts";
import { executeNotebook } from "../notebook/mod.ts";
import { profilesIn } from "./artefact_files.ts";
import { refreshBenchPages } from "./bench_pages.ts";
import { notebookProblems } from "./notebook_outputs.ts";
import { refreshPages } from "./pages.ts";
import { projectRoot, renderReport } from "./render.ts";

/** What `--help` prints. */
export const usage =
  `deno task report [--into FOLDER]: writes tables, figures and pages again from the records
  --into FOLDER  root of the results, as \`reproduce --into\` leaves it; by default the committed ones`;

/** See the file's first lines. Throws `InputError` if there are no records to report on. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { into: { type: "string" } } });
  const committed = join(projectRoot, "results");
  const results = resolve(values.into ?? committed);
  const profiles = await profilesIn(results);
  if (profiles.length === 0) {
    throw new InputError(
      `${results} has no records; expected a folder of profiles, as \`deno task reproduce --into\` leaves it.`,
    );
  }
  const written: string[] = [];
  for (const profile of profiles) {
    written.push(...await renderReport(join(results, profile), results, profile));
  }
  if (results === committed) {
    written.push(...await refreshBenchPages(join(results, "bench")));
    for (const name of await staleNotebooks()) written.push(await runAgain(name));
    await refreshPages(projectRoot);
  }
  for (const path of written) console.log(relative(Deno.cwd(), path));
  return 0;
}

/** Notebooks that show other tables or figures than the records give. */
async function staleNotebooks(): Promise<string[]> {
  const problems = await notebookProblems(projectRoot);
  return [...problems].filter(([, found]) => found.length > 0).map(([name]) => name);
}

/** Executes a notebook on the committed records and puts the formatted copy in its place. */
async function runAgain(name: string): Promise<string> {
  const notebook = join(projectRoot, "notebooks", name), folder = await Deno.makeTempDir();
  const copy = join(folder, name);
  try {
    const reference = { DPB_PROFILE: "", DPB_TASKS: "", DPB_SEEDS: "" }; // what a reader sees who asks for nothing
    const env = { ...reference, DPB_RESULTS: join(projectRoot, "results") };
    await executeNotebook({ notebook, output: copy, env });
    await writeAtomic(notebook, await formattedNotebook(await Deno.readTextFile(copy)));
    return notebook;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Through stdin, so that the project's settings hold wherever the copy lies. */
async function formattedNotebook(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ipynb", "-"],
    cwd: join(projectRoot, "notebooks"),
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writing = new Response(text).body!.pipeTo(child.stdin);
  const [{ stdout }] = await Promise.all([child.output(), writing]);
  return new TextDecoder().decode(stdout); // it has just run, so it parses
}
