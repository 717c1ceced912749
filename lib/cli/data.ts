/** `deno task data --profile micro --out DIR`: writes a profile's generated rows as GLUE's files. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { InputError } from "../errors.ts";
import {
  type MicroSummary,
  microTasks,
  refuseOtherBytes,
  smokeFiles,
  smokeTasks,
  writeMicroGlue,
  writeSmokeGlue,
} from "../micro/mod.ts";

/** Options, as `--help` prints them. */
export const usage = "deno task data --profile micro|smoke --out DIR [--seed 0] [--tasks cola,sst-2]";

/**
 * Writes the files and prints a line per task. Throws `InputError` for options that are not understood, and before
 * anything is written where the folder holds files of somebody else.
 */
export async function run(args: string[]): Promise<number> {
  const { profile, out, seed, tasks } = parseOptions(args);
  if (profile === "smoke") {
    const chosen = tasks ?? smokeTasks;
    for (const task of chosen) await refuseOtherBytes(out, smokeFiles(task, seed));
    await writeSmokeGlue(out, { seed, tasks: chosen });
    console.log(`smoke: ${chosen.join(", ")} in ${out}`);
    return 0;
  }
  const summaries = await writeMicroGlue(out, { seed, tasks: tasks ?? microTasks });
  for (const summary of summaries) console.log(summaryLine(summary));
  console.log(`micro: vocab.txt, ${summaries.length} task(s), difficulty.tsv and answers/ in ${out}`);
  return 0;
}

/** One line: rows by split, levels, tokens of an input. */
export function summaryLine({ task, rows, levels, tokens }: MicroSummary): string {
  const counts = Object.entries(rows).map(([split, count]) => `${split} ${count}`).join(", ");
  return `${task}: ${counts}; levels ${levels.from} to ${levels.to}; ` +
    `tokens ${tokens.mean.toFixed(1)} on average, ${tokens.longest} at most`;
}

function parseOptions(args: string[]) {
  const options = { profile: text, out: text, seed: text, tasks: text };
  const { profile, out, seed = "0", tasks } = parseArgs({ args, options }).values;
  if (profile !== "micro" && profile !== "smoke") {
    throw new InputError(
      `Found profile "${profile ?? ""}"; rows are generated for micro and smoke. Usage: ${usage}`,
    );
  }
  if (!out) throw new InputError(`No folder to write to. Usage: ${usage}`);
  if (!/^\d{1,9}$/.test(seed)) {
    throw new InputError(`Found seed "${seed}"; expected a whole number such as 0.`);
  }
  return {
    profile,
    out: resolve(out),
    seed: Number(seed),
    tasks: tasks === undefined ? undefined : parseTasks(tasks),
  };
}

/** The tasks of a list, which names none twice, as in `DPB_TASKS`. */
function parseTasks(list: string): string[] {
  const tasks = list.split(",").map((task) => task.trim());
  const repeated = tasks.find((task, at) => tasks.indexOf(task) !== at);
  if (repeated === undefined) return tasks;
  throw new InputError(`--tasks "${list}" names ${repeated} more than once; expected every task once.`);
}

const text = { type: "string" } as const;
