/** The Python of the machine, for what comes from its package index: optional parts only. */
import { join } from "node:path";

/** How to start Python, and its version, for example "3.11.2". */
export interface Python {
  command: string;
  version: string;
}

/** The first Python 3 that starts, or null. */
export async function findPython(): Promise<Python | null> {
  for (const command of Deno.build.os === "windows" ? ["python", "py"] : ["python3", "python"]) {
    const { success, text } = await ran(command, ["--version"]);
    const version = /^Python (3\.\d+\.\d+)/.exec(text)?.[1];
    if (success && version) return { command, version };
  }
  return null;
}

/** How a program ended, and the last line it wrote (on stderr if there is any). */
export interface Ending {
  success: boolean;
  text: string;
}

/** Runs a program to its end. One that is not there has not succeeded, and `text` says so. */
export async function ran(command: string, args: string[]): Promise<Ending> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
    const lines = [stdout, stderr].flatMap((bytes) => new TextDecoder().decode(bytes).trim().split("\n"));
    return { success, text: lines.filter((line) => line.trim()).at(-1)?.trim().slice(0, 300) ?? "" };
  } catch (error) {
    return { success: false, text: `${command} did not start: ${(error as Error).message}` };
  }
}

/**
 * Has pip put the wheel of `requirement` into the empty `folder`, without what it depends on; `options` go to
 * `pip download`. Returns the wheel's path. Throws an error with the reason when there is no Python, no pip, or
 * pip does not get it.
 */
export async function pipDownload(
  requirement: string,
  folder: string,
  options: string[] = [],
): Promise<string> {
  const python = await findPython();
  if (!python) throw new Error("this machine has no Python 3");
  const quiet = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"];
  const args = ["-m", "pip", "download", ...quiet, ...options, "--dest", folder, requirement];
  const { success, text } = await ran(python.command, args);
  if (!success) throw new Error(`pip: ${text}`);
  const wheel = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".whl"));
  if (!wheel) throw new Error("pip brought no wheel");
  return join(folder, wheel.name);
}
