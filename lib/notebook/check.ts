/**
 * The gate of committed notebooks: form, outputs, format, types and lint. Deno's kernel checks no types and the linter
 * reads no notebook, so the code cells are joined into a temporary module beside the notebook.
 */
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { callsShow, type Cell, type CodeCell, type Notebook, parseNotebook } from "./document.ts";

/** All problems of the notebooks in `folder` (not below it), one line each; none if there are no notebooks. */
export async function checkNotebooks(folder: string): Promise<string[]> {
  const problems: string[] = [];
  const sound: { path: string; document: Notebook }[] = [];
  for (const path of await notebookPaths(folder)) {
    try {
      const text = await Deno.readTextFile(path);
      const document = parseNotebook(text, basename(path));
      problems.push(...formProblems(basename(path), document), ...await formatProblems(path, text));
      sound.push({ path, document });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
    }
  }
  return [...problems, ...await codeProblems(sound)];
}

async function notebookPaths(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) if (entry.name.endsWith(".ipynb")) names.push(entry.name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort().map((name) => join(folder, name));
}

/** What can be seen without running anything: kernel, ids, the last statement of each cell, outputs. */
export function formProblems(name: string, { cells, metadata }: Notebook): string[] {
  const kernel = (metadata.kernelspec as { name?: string } | undefined)?.name;
  const problems = kernel === "deno"
    ? []
    : [`${name}: its kernel is ${JSON.stringify(kernel)}; expected "deno".`];
  const ids = new Set<string>();
  for (const [index, cell] of cells.entries()) {
    const say = (problem: string) => problems.push(`${name}, ${cellName(cells, index)}: ${problem}`);
    if (!/^cell-\d{2,}$/.test(cell.id)) {
      say(`its id is "${cell.id}"; expected the form "cell-07", which no front end changes.`);
    }
    if (ids.has(cell.id)) say(`the id "${cell.id}" occurs twice.`);
    ids.add(cell.id);
    if (cell.cell_type === "code") { for (const problem of codeCellProblems(cell)) say(problem); }
  }
  return problems;
}

/** `cell 3` for the third code cell (as the runner counts), `text cell 2` for the second other cell. */
function cellName(cells: Cell[], index: number): string {
  const code = (cell: Cell) => cell.cell_type === "code";
  const same = cells.slice(0, index + 1).filter((cell) => code(cell) === code(cells[index]));
  return `${code(cells[index]) ? "" : "text "}cell ${same.length}`;
}

function codeCellProblems(cell: CodeCell): string[] {
  const problems: string[] = [];
  const bare = bareLastExpression(cell.source);
  if (bare) problems.push(`it ends with the expression "${bare}"; await show(...) is the only output.`);
  for (const output of cell.outputs) {
    if (output.output_type === "error") {
      problems.push(`its output is an error (${output.ename}: ${output.evalue}).`);
    } else if (output.output_type !== "display_data") {
      problems.push(`it has an output of type ${output.output_type}; await show(...) is the only output.`);
    }
  }
  if (callsShow(cell.source) && cell.outputs.length === 0) {
    problems.push("it calls show( but has no output; run the notebook again.");
  }
  return problems;
}

/**
 * The last statement of a cell if it is a bare expression, whose value a front end would print. Allowed at the
 * end: declarations, imports, control flow and an awaited call (`await show(...)`). Relies on `deno fmt`: a top-level statement
 * begins in the first column.
 */
export function bareLastExpression(source: string): string | undefined {
  const blank = (text: string) => text.replace(/[^\n]/g, " ");
  const masked = source.replace(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g,
    (part, at: number) =>
      (at === 0 || source[at - 1] === "\n") && !part.startsWith("/") ? part[0] : blank(part),
  );
  const line = masked.split("\n").findLastIndex((line) => /^[^\s)\]}]/.test(line));
  if (line < 0) return undefined;
  const statement = source.split("\n")[line];
  const keyword =
    /^((export|declare|abstract|async)\s+)*(const|let|var|using|function|class|import|type|interface|enum|namespace|for|while|do|if|switch|try|throw)\b/;
  const awaited = /^await (using\b|[\w.]+(<.*>)?\()/;
  return keyword.test(statement) || awaited.test(statement) ? undefined : statement;
}

/** Types and lint of the code cells, through a module beside each notebook that exists only meanwhile. */
async function codeProblems(notebooks: { path: string; document: Notebook }[]): Promise<string[]> {
  if (notebooks.length === 0) return [];
  const modules = notebooks.map(({ path, document }) => ({
    name: basename(path),
    path: path.replace(/\.ipynb$/, ".nbcheck.ts"),
    ...joinCells(document),
  }));
  try {
    for (const { path, text } of modules) await Deno.writeTextFile(path, text);
    const paths = modules.map(({ path }) => path);
    const said = [await denoSays(["check", ...paths]), await denoSays(["lint", ...paths])].join("");
    return said === "" ? [] : [modules.reduce((text, module) => inNotebook(text, module), said)];
  } finally {
    for (const { path } of modules) await Deno.remove(path).catch(() => {});
  }
}

/**
 * Whether `deno fmt` would change the notebook, asked through its stdin: `deno fmt --check` (2.9.6) calls every
 * notebook unformatted whose cells do not end in a line break, though formatting leaves the bytes alone.
 */
async function formatProblems(path: string, text: string): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ipynb", "-"],
    cwd: dirname(path),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null", // a cell that does not parse is reported with its place by the type check
  }).spawn();
  const writing = new Response(text).body!.pipeTo(child.stdin).catch(() => {});
  const [{ success, stdout }] = await Promise.all([child.output(), writing]);
  return success && new TextDecoder().decode(stdout) !== text
    ? [`${basename(path)}: its code is not formatted; run deno fmt ${basename(path)}.`]
    : [];
}

interface Joined {
  text: string;
  /** First line of each code cell in `text`, counted from 1. */
  starts: number[];
}

function joinCells({ cells }: Notebook): Joined {
  let text = "";
  const starts: number[] = [];
  for (const cell of cells.filter((cell) => cell.cell_type === "code")) {
    starts.push(text.split("\n").length);
    text += `${cell.source}\n`;
  }
  return { text: text + "export {};\n", starts };
}

async function denoSays(args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [args[0], "--quiet", ...args.slice(1)],
    env: { NO_COLOR: "1" },
  });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return success ? "" : decoder.decode(stderr) + decoder.decode(stdout);
}

/** Replaces places in the temporary module by places in the notebook. */
function inNotebook(
  said: string,
  { name, path, starts }: { name: string; path: string; starts: number[] },
): string {
  const places = new RegExp(`\\S*${basename(path).replaceAll(".", "\\.")}:(\\d+):\\d+`, "g");
  return said.replace(places, (_, line: string) => {
    const cell = starts.findLastIndex((start) => start <= Number(line));
    return `${name}, cell ${cell + 1}, line ${Number(line) - starts[cell] + 1}`;
  });
}
