/**
 * `deno task report`: tables, figures, benchmark pages, pages and the notebooks that show them, written again from the
 * records on disk. No run is trained or timed; a lesson whose outputs are of another BERT trains its short stages.
 * `--into <folder>` names another root of results than the committed one; `--notebooks <list>` executes notebooks alone.
 */
import { parseArgs } from "node:util";
import { join, relative, resolve } from "node:path";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../errors.ts";
import { executeNotebook, isExecuted, readNotebook } from "../notebook/mod.ts";
import { physicalCores } from "../runs/records/environment.ts";
import { namesIn, profilesIn } from "./artefact_files.ts";
import { atOnce } from "./at_once.ts";
import { refreshBenchPages } from "./bench_pages.ts";
import { chosenNotebook } from "./notebook.ts";
import { notebookProblems } from "./notebook_outputs.ts";
import { refreshPages } from "./pages.ts";
import { progressPrinter } from "./progress.ts";
import { projectRoot, renderReport } from "./render.ts";

/** What `--help` prints. */
export const usage =
  `deno task report [--into FOLDER] [--notebooks 01,02]: writes tables, figures and pages again from the records
  --into FOLDER     root of the results, as \`reproduce --into\` leaves it; by default the committed ones
  --notebooks LIST  executes these notebooks (how their names begin) and puts them in their place, and does no more`;

/** See the file's first lines. Throws `InputError` if there are no records to report on, and for an unknown notebook. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { into: { type: "string" }, notebooks: { type: "string" } },
  });
  if (values.notebooks !== undefined) return await executeAgain(values.notebooks.split(","));
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
    await atOnce(await staleNotebooks(), { jobs: physicalCores() }, async (name) => {
      written.push(await runAgain(name));
    });
    await refreshPages(projectRoot);
  }
  for (const path of written) console.log(relative(Deno.cwd(), path));
  return 0;
}

/** Notebooks that show other tables or figures than the records give, and those with a cell that has not been executed. */
async function staleNotebooks(): Promise<string[]> {
  const problems = await notebookProblems(projectRoot), stale: string[] = [];
  for (const [name, found] of problems) {
    const document = await readNotebook(join(projectRoot, "notebooks", name));
    if (found.length > 0 || !isExecuted(document)) stale.push(name);
  }
  return stale;
}

/** Executes the notebooks whose names begin so. Throws `InputError` where none or several do, before any is executed. */
async function executeAgain(beginnings: string[]): Promise<number> {
  const names = (await namesIn(join(projectRoot, "notebooks"))).filter((name) => name.endsWith(".ipynb"));
  for (const name of beginnings.map((beginning) => chosenNotebook(beginning.trim(), names))) {
    console.log(relative(Deno.cwd(), await runAgain(name)));
  }
  return 0;
}

/** Executes a notebook on the committed records and puts the formatted copy in its place. */
async function runAgain(name: string): Promise<string> {
  const printer = progressPrinter();
  const notebook = join(projectRoot, "notebooks", name), folder = await Deno.makeTempDir();
  const copy = join(folder, name);
  try {
    // What a reader sees who asks for nothing and has no files of their own: those of GLUE must not be passed on.
    const nothing = { DPB_PROFILE: "", DPB_TASKS: "", DPB_SEEDS: "", DPB_GLUE_DIR: "", DPB_BERT_DIR: "" };
    const env = { ...nothing, DPB_RESULTS: join(projectRoot, "results") };
    printer.note(`executing ${name}`); // a lesson takes minutes
    await executeNotebook({ notebook, output: copy, env, onProgress: ({ line }) => printer.live(line) });
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
