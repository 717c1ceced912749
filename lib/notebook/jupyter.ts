/**
 * Where Jupyter is, and how it finds this project's Deno kernel: a kernelspec inside the project, made with the path
 * of the Deno that runs (so never committed), which wins over one that is installed for the user.
 */
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { writeAtomic } from "../files/atomic.ts";

/** How to start Jupyter: `command` with `env` laid over the own environment. */
export interface Jupyter {
  command: string;
  env: Record<string, string>;
}

/** The project's own Python environment for Jupyter. */
export const venvFolder = (root: string) => join(root, ".venv-jupyter");

/** Written into the environment when it is complete: the requirements it was made of. */
export const completeMark = (root: string) => join(venvFolder(root), "dpbert-requirements.txt");

/** The folder that `JUPYTER_PATH` must name. */
export const jupyterPath = (root: string) => join(root, ".jupyter");

/** The project's kernelspec. */
export const kernelspecFile = (root: string) => join(jupyterPath(root), "kernels", "deno", "kernel.json");

/** A program of the project's Python environment. */
export function venvProgram(root: string, name: string): string {
  return Deno.build.os === "windows"
    ? join(venvFolder(root), "Scripts", `${name}.exe`)
    : join(venvFolder(root), "bin", name);
}

/** The text of the kernelspec for the Deno at `deno`; `env` is the environment it is made in. */
export function kernelspec(deno: string, env: Record<string, string | undefined>): string {
  const fixed: Record<string, string> = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  // Graphics drivers complain on stderr without it.
  if (!env.XDG_RUNTIME_DIR) fixed.XDG_RUNTIME_DIR = tmpdir();
  const argv = [deno, "jupyter", "--kernel", "--conn", "{connection_file}"];
  return JSON.stringify({ argv, display_name: "Deno", language: "typescript", env: fixed }, null, 2) + "\n";
}

/** Sees to it that the project has a kernelspec of the Deno that runs. Throws `InputError` if it cannot be written. */
export async function writeKernelspec(root: string): Promise<void> {
  const file = kernelspecFile(root), text = kernelspec(Deno.execPath(), Deno.env.toObject());
  if (await Deno.readTextFile(file).catch(() => null) !== text) await writeAtomic(file, text);
}

/** `PATH`-like list with `first` in front; a second `first` goes. */
export function inFront(first: string, list: string | undefined): string {
  return [first, ...(list ?? "").split(delimiter).filter((part) => part && part !== first)].join(delimiter);
}

/**
 * The Jupyter to use: the project's own, else the one on `PATH`, else null. `env` makes it find the project's
 * kernelspec, which is written if need be; throws `InputError` if it cannot be.
 */
export async function findJupyter(root: string): Promise<Jupyter | null> {
  const command = await jupyterCommand(root);
  if (command === null) return null;
  await writeKernelspec(root);
  return { command, env: { JUPYTER_PATH: inFront(jupyterPath(root), Deno.env.get("JUPYTER_PATH")) } };
}

/** The command alone; writes nothing. */
export async function jupyterCommand(root: string): Promise<string | null> {
  const own = venvProgram(root, "jupyter");
  const complete = await Deno.stat(completeMark(root)).then(() => true, () => false);
  if (complete && await answers(own)) return own;
  return await answers("jupyter") ? "jupyter" : null;
}

/** Whether `jupyter` starts; a program whose Python is gone is there and does not. */
async function answers(command: string): Promise<boolean> {
  return await printed(command, ["--runtime-dir"]) !== null; // its quickest answer
}

/** What `jupyter [subcommand] --version` prints first, or null when there is no such thing. */
export async function jupyterVersion(command: string, subcommand?: string): Promise<string | null> {
  const text = await printed(command, [...(subcommand ? [subcommand] : []), "--version"]);
  return text === null ? null : text.split("\n")[0];
}

/** The packages that `jupyter --version` lists with a version, by name: `{ jupyterlab: "4.6.6", ... }`. */
export async function jupyterVersions(command: string): Promise<Record<string, string>> {
  const lines = (await printed(command, ["--version"]) ?? "").split("\n");
  const found = lines.map((line) => /^(\w+)\s*:\s*(\d\S*)$/.exec(line)).filter((match) => match !== null);
  return Object.fromEntries(found.map(([, name, version]) => [name.toLowerCase(), version]));
}

/** What a program prints on stdout, or null when it does not start or fails. */
async function printed(command: string, args: string[]): Promise<string | null> {
  try {
    const options = { args, stdin: "null", stderr: "null" } as const;
    const { success, stdout } = await new Deno.Command(command, options).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}
