/** Runs faults, each in a place of its own: as a process, as a user does, or with a command line inside this process. */
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, type Fault, type Outcome, type Place } from "./fault.ts";

/** A way to run a command: everything said on stderr, and the exit code; null when it did not end in time. */
export type RunCommand = (command: Command, place: Place) => Promise<{ code: number | null; said: string }>;

/** Makes the fault in a new folder and meets it. Null where this machine cannot be given it. */
export async function meet(fault: Fault, run: RunCommand): Promise<(Outcome & { place: Place }) | null> {
  const folder = await Deno.makeTempDir({ prefix: "dpbert-fault-" });
  const place = { folder, results: join(folder, "results") };
  let command: Command | null = null;
  try {
    command = await fault.make(place);
    if (!command) return null;
    const before = await contents(folder);
    const { code, said } = await run(command, place);
    const after = await contents(folder);
    const left = [...after].filter(([file, hash]) => before.get(file) !== hash).map(([file]) => file);
    return { code, said, left, place };
  } finally {
    await command?.over?.();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Files below `folder` and what is in them. */
async function contents(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const visit = async (path: string): Promise<void> => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
      const at = join(path, name);
      if (isDirectory) await visit(at);
      if (!isFile) continue; // a link leads elsewhere
      found.set(relative(folder, at), createHash("sha256").update(await Deno.readFile(at)).digest("hex"));
    }
  };
  await visit(folder);
  return found;
}

/**
 * The environment of a command: no `DPB_*` of this process reaches it. The backend is named, so that no graphics driver is
 * asked for each of them.
 */
export function environment({ env }: Command, { results }: Place): Record<string, string> {
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("DPB_"));
  return {
    ...Object.fromEntries(inherited),
    NO_COLOR: "1",
    DPB_BACKEND: "wasm",
    DPB_RESULTS: results,
    ...env,
  };
}

const mainFile = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** The command as a process of its own. One that has not ended after `limitMs` is killed. */
export async function asProcess(
  command: Command,
  place: Place,
  { limitMs = 120_000 } = {},
): Promise<{ code: number | null; said: string }> {
  const { wrapped = (line: string[]) => line, entry = mainFile, options = [] } = command.process ?? {};
  const [program, ...args] = wrapped([Deno.execPath(), "run", "-A", ...options, entry, ...command.argv]);
  const child = new Deno.Command(program, {
    args,
    env: environment(command, place),
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let ended = true;
  const limit = setTimeout(() => {
    ended = false;
    child.kill("SIGKILL");
  }, limitMs);
  const { code, stderr } = await child.output();
  clearTimeout(limit);
  return { code: ended ? code : null, said: new TextDecoder().decode(stderr) };
}
