/**
 * `deno task ok`: the gate. Format, lint, types, forbidden imports, notebooks, and whether every committed number follows
 * from its record; tests are `deno task test`.
 */
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { checkpointProblems } from "./checkpoint_problems.ts";
import { checkNotebooks } from "../notebook/check.ts";
import { committedProblems } from "./committed.ts";
import { pageProblems } from "./pages.ts";
import { caught, recordProblems } from "./record_problems.ts";
import { readEdges, refusalLine, refusedEdges } from "./edges.ts";

/** What `--help` prints. */
export const usage =
  "deno task ok: checks format, lint, types, imports, notebooks, records, results and pages";

/** One part of the gate: what it finds wrong, nothing if all is well. */
interface Part {
  name: string;
  problems(root: string): Promise<string[]>;
}

const parts: Part[] = [
  { name: "format", problems: formatProblems },
  { name: "lint", problems: (root) => denoProblems(root, ["lint"]) },
  { name: "types", problems: (root) => denoProblems(root, ["check", "lib"]) },
  { name: "imports", problems: async (root) => refusedEdges(await readEdges(root)).map(refusalLine) },
  { name: "notebooks", problems: (root) => checkNotebooks(join(root, "notebooks")) },
  {
    name: "records",
    problems: async (root) => [...await recordProblems(root), ...await checkpointProblems(root)],
  },
  { name: "results", problems: committedProblems },
  { name: "pages", problems: pageProblems },
];

/** Checks the project; prints a line per part and what is wrong below it. Returns 1 if anything is. */
export async function run(args: string[]): Promise<number> {
  const root = args[0] ?? fileURLToPath(new URL("../../", import.meta.url));
  let failed = 0;
  for (const part of parts) {
    const problems = await caught(() => part.problems(root));
    console.log(`${part.name}: ${problems.length === 0 ? "ok" : "failed"}`);
    for (const line of problems.join("\n").split("\n")) if (line.trim()) console.log(`  ${line}`);
    if (problems.length > 0) failed++;
  }
  return failed > 0 ? 1 : 0;
}

/** Format of everything but notebooks: for them `--check` reports sound files, so `checkNotebooks` looks at them. */
async function formatProblems(root: string): Promise<string[]> {
  const settings = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
    fmt?: { exclude?: string[] };
  };
  const ignored = [...settings.fmt?.exclude ?? [], "notebooks"]; // the option replaces what deno.json excludes
  const [said] = await denoProblems(root, ["fmt", "--check", `--ignore=${ignored.join(",")}`]);
  if (said === undefined) return [];
  const files = [...said.matchAll(/^from (.+):$/gm)].map(([, path]) =>
    `${relative(root, path)} is not formatted.`
  );
  return files.length > 0 ? files : [said]; // a file that does not parse is reported otherwise
}

/** What a `deno` subcommand says when it fails. */
async function denoProblems(root: string, args: string[]): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return success ? [] : [(decoder.decode(stdout) + decoder.decode(stderr)).replace(/^Check .*\n/gm, "")];
}
