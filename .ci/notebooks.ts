/**
 * `notebooks.ts FOLDER`: every notebook in FOLDER was executed to its end. Reads the files as plain JSON, so that
 * it depends on nothing that it checks. Exit code 1 with a line for each thing that is wrong.
 */
interface Cell {
  cell_type: string;
  source: string | string[];
  outputs?: { output_type: string; ename?: string; evalue?: string }[];
}

/** What is wrong with a notebook's cells, a sentence each. */
function findProblems(cells: Cell[]): string[] {
  const problems: string[] = [];
  let shows = 0;
  for (const [index, { cell_type, source, outputs = [] }] of cells.entries()) {
    if (cell_type !== "code") continue;
    const error = outputs.find((output) => output.output_type === "error");
    if (error) problems.push(`cell ${index} ends with ${error.ename}: ${error.evalue}`);
    if (!/\bshow\(/.test([source].flat().join(""))) continue;
    shows++;
    if (outputs.length === 0) problems.push(`cell ${index} calls show but has no output`);
  }
  if (shows === 0) problems.push("no cell calls show");
  return problems;
}

const folder = Deno.args[0];
const names = [...Deno.readDirSync(folder)].map((entry) => entry.name).filter((name) =>
  name.endsWith(".ipynb")
);
let failed = names.length === 0;
if (failed) console.error(`${folder} has no notebook`);
for (const name of names.sort()) {
  const problems = findProblems(JSON.parse(Deno.readTextFileSync(`${folder}/${name}`)).cells);
  for (const problem of problems) console.error(`${name}: ${problem}`);
  if (problems.length === 0) console.log(`${name}: every cell that shows has its output`);
  failed ||= problems.length > 0;
}
Deno.exit(failed ? 1 : 0);
