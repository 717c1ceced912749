/**
 * Whether both ways to execute a notebook give the same file every time while every core is busy: a kernel that is short
 * of time sends outputs late, and a front end that has stopped listening loses them.
 */
import { basename, join } from "node:path";
import { parseNotebook } from "../notebook/document.ts";
import type { CodeCell, Execute, FrontEnd, Notebook } from "../notebook/mod.ts";

/** How one front end did. */
export interface FrontEndRounds {
  frontEnd: FrontEnd;
  rounds: number;
  /** Rounds whose file was the undisturbed one, byte for byte. */
  equal: number;
  /** What was wrong in the other rounds. */
  problems: string[];
}

export interface FrontEndBench {
  /** Path of the notebook. */
  notebook: string;
  rounds: number;
  /** Processes that do nothing but compute meanwhile. */
  busy: number;
  onRound?: (line: string) => void;
}

/**
 * Executes the notebook once undisturbed the first way, then `rounds` times each way beside busy processes. Throws when
 * the undisturbed notebook fails.
 */
export async function benchFrontEnds(
  ways: [FrontEnd, Execute][],
  { notebook, rounds, busy, onRound }: FrontEndBench,
): Promise<FrontEndRounds[]> {
  const folder = await Deno.makeTempDir({ prefix: "dpbert-front-ends-" });
  const output = join(folder, basename(notebook));
  const copyBy = async (execute: Execute) => {
    await execute({ notebook, output });
    return await Deno.readTextFile(output);
  };
  let endLoad = () => Promise.resolve();
  try {
    const expected = await copyBy(ways[0][1]);
    endLoad = startLoad(busy);
    const found = ways.map(([frontEnd]): FrontEndRounds => ({ frontEnd, rounds, equal: 0, problems: [] }));
    for (let round = 1; round <= rounds; round++) {
      for (const [at, [frontEnd, execute]] of ways.entries()) {
        const problem = await copyBy(execute).then(
          (text) => differenceOf(text, expected),
          (error: Error) => error.message,
        );
        if (problem === null) found[at].equal++;
        else found[at].problems.push(`round ${round}: ${problem}`);
        onRound?.(`[${round}/${rounds}] ${frontEnd}: ${problem ?? "equal"}`);
      }
    }
    return found;
  } finally {
    await endLoad();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The first cell whose outputs are not the expected ones; null if the two files are the same. */
export function differenceOf(text: string, expected: string): string | null {
  if (text === expected) return null;
  const [found, wanted] = [text, expected].map((one) => codeCells(parseNotebook(one, "the copy")));
  for (const [at, cell] of wanted.entries()) {
    const [has, needs] = [found[at]?.outputs ?? [], cell.outputs];
    if (has.length !== needs.length) return `cell ${at + 1} has ${has.length} of ${needs.length} outputs`;
    if (JSON.stringify(has) !== JSON.stringify(needs)) return `cell ${at + 1} shows something else`;
  }
  return "the outputs are equal, the files are not";
}

function codeCells(document: Notebook): CodeCell[] {
  return document.cells.filter((cell) => cell.cell_type === "code");
}

/** Starts processes that compute until they are ended or their parent is gone. */
function startLoad(count: number): () => Promise<void> {
  const code = `while (Deno.ppid === ${Deno.pid}) for (let i = 0; i < 1e8; i++);`;
  const children = Array.from(
    { length: count },
    () => new Deno.Command(Deno.execPath(), { args: ["eval", code], stdin: "null", stdout: "null" }).spawn(),
  );
  return async () => {
    for (const child of children) child.kill("SIGKILL");
    for (const child of children) await child.status;
  };
}
