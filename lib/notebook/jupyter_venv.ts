/**
 * JupyterLab and nbconvert in a Python environment of the project's own, every package pinned
 * (`jupyter-requirements.txt`). Nothing outside the project is changed.
 */
import { fileURLToPath } from "node:url";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../errors.ts";
import { findPython, type Python, ran } from "../python.ts";
import { completeMark, jupyterVersion, venvFolder, venvProgram, writeKernelspec } from "./jupyter.ts";

const requirementsFile = fileURLToPath(new URL("jupyter-requirements.txt", import.meta.url));

/** The oldest Python that every pin has a wheel for. */
const neededPython = "3.10";

/** What making the environment asks of its surroundings; tests bring their own. */
export interface JupyterSetup {
  offline: boolean;
  say(line: string): void;
  requirements?: string;
  python?: () => Promise<Python | null>;
}

/**
 * Sees to it that the project at `root` has its Jupyter and its kernelspec. An environment of the same requirements
 * that starts is left alone; any other, also one that was interrupted half-way, is made anew. Returns whether it was
 * made now. Throws `InputError` when `offline` forbids it, and when Python, its `venv` or a package cannot be had.
 */
export async function obtainJupyter(
  root: string,
  { offline, say, requirements = requirementsFile, python = findPython }: JupyterSetup,
): Promise<boolean> {
  await writeKernelspec(root);
  const wanted = await Deno.readTextFile(requirements);
  const made = await Deno.readTextFile(completeMark(root)).catch(() => null);
  if (made === wanted && await jupyterVersion(venvProgram(root, "jupyter")) !== null) return false;
  if (offline) {
    throw new InputError(
      "DPB_OFFLINE=1 forbids the network, and .venv-jupyter is not complete. Unset it and run `deno task setup --jupyter` again.",
    );
  }
  const { command } = usable(await python());
  await makeVenv(root, command);
  say("jupyter: pip fetches JupyterLab and nbconvert into .venv-jupyter (about 320 MB there)");
  await install(root, requirements);
  await writeAtomic(completeMark(root), wanted);
  return true;
}

const withoutPython = "Everything but JupyterLab works without it.";

function usable(python: Python | null): Python {
  const tooOld = python?.version.localeCompare(neededPython, "en", { numeric: true }) ?? -1;
  if (python && tooOld >= 0) return python;
  throw new InputError(
    `${
      python ? `Found Python ${python.version}` : "Found no Python"
    }; JupyterLab needs ${neededPython} or newer. ` +
      `Install it, with its venv: \`apt-get install python3-venv\` (Debian, Ubuntu), \`brew install python\`. ${withoutPython}`,
  );
}

async function makeVenv(root: string, python: string): Promise<void> {
  const folder = venvFolder(root);
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new InputError(`Cannot replace ${folder} (${error.message}). Remove it and run setup again.`);
    }
  });
  const { success, text } = await ran(python, ["-m", "venv", folder]);
  if (success) return;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  throw new InputError(
    `Python cannot make an environment in ${folder} (${text.replace(/\.$/, "")}). ` +
      `On Debian and Ubuntu: \`apt-get install python3-venv\`. ${withoutPython}`,
  );
}

async function install(root: string, requirements: string): Promise<void> {
  const quiet = ["--disable-pip-version-check", "--no-input", "--quiet"];
  const args = ["-m", "pip", "install", ...quiet, "--only-binary=:all:", "--requirement", requirements];
  const { success, text } = await ran(venvProgram(root, "python"), args);
  if (success) return;
  await Deno.remove(venvFolder(root), { recursive: true }).catch(() => {});
  throw new InputError(
    `pip could not install JupyterLab (${
      text.replace(/\.$/, "")
    }). Nothing was kept; connect, or set PIP_INDEX_URL ` +
      `to an index that can be reached, and run \`deno task setup --jupyter\` again.`,
  );
}
