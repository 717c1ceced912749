/**
 * A run as a process of its own: `train` with explicit settings, one thread, which stops when its stdin is closed. That
 * happens when it is asked to stop and when this process ends, however it ends; no child trains on without its parent.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config.ts";
import { followLines } from "../notebook/lines.ts";
import type { RunRequest } from "../runs/grid/grid.ts";
import type { Backend } from "../tensor/mod.ts";
import { parseEvent, type RunEvent } from "./run_events.ts";

const entry = fileURLToPath(new URL("main.ts", import.meta.url));
/** The project's settings of Deno, for processes that are started elsewhere. */
export const denoConfig = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** What is started. */
export interface RunCommand {
  /** Of Deno. */
  args: string[];
  /** On top of this process's own. */
  env: Record<string, string>;
}

/** Where runs read and write, and on what they compute. */
export interface RunPlace {
  config: Config;
  backend: Pick<Backend, "name" | "blas">;
}

/** The command that trains `request`. */
export function runCommandOf(request: RunRequest, place: RunPlace): RunCommand {
  const { profile, task, method, settings, seed } = request;
  const sets = Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
  return {
    args: [
      ...["run", "--quiet", "-A", "--config", denoConfig, entry, "train"],
      ...["--profile", profile, "--task", task, "--method", method, "--seed", `${seed}`, ...sets],
      ...["--into", resolve(place.config.results)],
      ...["--progress", "json", "--until-stdin-closes"],
    ],
    env: { ...settingsEnv(place), ...oneThread, NO_COLOR: "1" },
  };
}

/** This process's settings, spelled out: nothing is left to be measured by each child, or to be read otherwise by it. */
function settingsEnv({ config, backend }: RunPlace): Record<string, string> {
  return {
    DPB_TASKS: "",
    DPB_SEEDS: "",
    DPB_BACKEND: backend.name,
    DPB_BLAS: backend.blas === null ? "off" : config.blas,
    DPB_SIMD: config.simd,
    DPB_GLUE_DIR: config.glueDir ?? "",
    DPB_BERT_DIR: config.bertDir ?? "",
    DPB_OFFLINE: config.offline ? "1" : "0",
    DPB_MIRROR: config.mirror ?? "",
  };
}

/** One run is one thread. Whatever a BLAS is built on reads one of these, and would else start a thread per core. */
const oneThread = {
  OPENBLAS_NUM_THREADS: "1",
  OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  BLIS_NUM_THREADS: "1",
  VECLIB_MAXIMUM_THREADS: "1",
};

/** How a process came to its end, and what it said on stderr. */
export interface RunExit {
  code: number;
  signal: Deno.Signal | null;
  stderr: string;
}

function spawn({ args, env }: RunCommand): Deno.ChildProcess | RunExit {
  const piped = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  try {
    return new Deno.Command(Deno.execPath(), { args, env, ...piped }).spawn();
  } catch (error) {
    const { message } = error as Error; // too many processes, no memory
    return { code: 1, signal: null, stderr: `error: Its process could not be started (${message}).` };
  }
}

/** Starts `command` and follows it to its end; `stop` asks it to save and stop. */
export async function followRun(
  command: RunCommand,
  stop: AbortSignal,
  onEvent: (event: RunEvent) => void,
): Promise<RunExit> {
  const child = spawn(command);
  if (!(child instanceof Deno.ChildProcess)) return child;
  const release = () => void child.stdin.close().catch(() => {}); // it may be gone already
  // A second Ctrl-C ends this process at once, and with it the children.
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // it has ended by itself
    }
  };
  stop.addEventListener("abort", release);
  globalThis.addEventListener("unload", kill);
  try {
    const stderr = new Response(child.stderr).text();
    const events = followLines(child.stdout, (line) => {
      const event = parseEvent(line);
      if (event) onEvent(event);
    });
    // Where an event cannot be shown, nobody reads on: a child that writes would never end.
    await Promise.race([child.status, events.done.then(() => child.status)]).catch(async (error) => {
      kill();
      await child.status;
      throw error;
    });
    const { code, signal } = await child.status;
    await events.done;
    return { code, signal, stderr: await stderr };
  } finally {
    globalThis.removeEventListener("unload", kill);
    stop.removeEventListener("abort", release);
    if (!stop.aborted) release();
  }
}

/** The error that a run's process told, as `main.ts` prints it, if it did. */
export function errorOf({ stderr }: RunExit): string | null {
  return /^error: (.+)$/m.exec(stderr)?.[1] ?? null;
}

/** Why a run failed, for one line: its own words where it had any. */
export function reasonOf(exit: RunExit): string {
  const { code, signal, stderr } = exit, own = errorOf(exit);
  if (own) return own;
  if (signal === "SIGKILL") {
    return "Its process was killed, as systems do that run out of memory. Give --jobs a smaller number and run the same command (without --fresh); it continues there.";
  }
  const said = stderr.split("\n").find((line) => /error/i.test(line))?.trim();
  return `Its process ended with ${signal ?? `exit code ${code}`}${said ? `: ${said}` : "."}`;
}
