/** `deno task notebook [FILE] [-- OPTIONS]`: opens JupyterLab on the notebooks, with this project's Deno kernel. */
import { InputError } from "../errors.ts";
import { findJupyter, jupyterVersion } from "../notebook/jupyter.ts";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What `--help` prints. */
export const usage = `deno task notebook [FILE] [-- OPTIONS]: opens JupyterLab on the notebooks
  FILE     a notebook, or how its name begins, e.g. 01
  OPTIONS  JupyterLab's own, e.g. -- --no-browser`;

const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

/** Starts JupyterLab and waits for its end; returns its exit code. Throws `InputError` without JupyterLab. */
export async function run(args: string[]): Promise<number> {
  const { file, options } = parseOptions(args);
  const names = [...Deno.readDirSync(join(projectRoot, "notebooks"))].map(({ name }) => name);
  const page = file === null
    ? ""
    : `/${chosenNotebook(file, names.filter((name) => name.endsWith(".ipynb")))}`;
  const jupyter = await findJupyter(projectRoot);
  if (!jupyter || await jupyterVersion(jupyter.command, "lab") === null) {
    throw new InputError(
      "There is no JupyterLab here. `deno task setup --jupyter` installs it into the project; VS Code opens notebooks/ without it.",
    );
  }
  // The whole project is its root, so that the notebooks' links to lib/ open too.
  const settings = [
    `--ServerApp.root_dir=${projectRoot}`,
    `--LabApp.default_url=/lab/tree/notebooks${page}`,
    "--MultiKernelManager.default_kernel_name=deno",
  ];
  return await ended(
    new Deno.Command(jupyter.command, {
      args: ["lab", ...settings, ...options],
      env: jupyter.env,
      cwd: projectRoot,
    }),
  );
}

/** The notebook asked for and what goes to JupyterLab. Throws `InputError` for more than that. */
export function parseOptions(args: string[]): { file: string | null; options: string[] } {
  const at = args.indexOf("--"), own = at < 0 ? args : args.slice(0, at);
  const surplus = own.find((arg, i) => i > 0 || arg.startsWith("-"));
  if (surplus !== undefined) {
    throw new InputError(
      `notebook takes one file, and options of JupyterLab after --; found "${surplus}". For example: deno task notebook 01 -- --no-browser.`,
    );
  }
  return { file: own[0] ?? null, options: at < 0 ? [] : args.slice(at + 1) };
}

/** The one of `names` that `file` is or begins; a path to it counts. Throws `InputError` with the names otherwise. */
export function chosenNotebook(file: string, names: string[]): string {
  const found = names.filter((name) => name.startsWith(basename(file)));
  if (found.length === 1) return found[0];
  throw new InputError(
    `${found.length === 0 ? "No notebook" : "More than one notebook"} begins with "${file}"; there are ${
      names.toSorted().join(", ")
    }.`,
  );
}

/** Waits for a program. Ctrl-C reaches it too, and asks or ends there: until then we stay. */
async function ended(command: Deno.Command): Promise<number> {
  const stay = () => {};
  Deno.addSignalListener("SIGINT", stay);
  try {
    return (await command.spawn().status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", stay);
  }
}
