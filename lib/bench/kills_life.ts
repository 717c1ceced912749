/** One life of the process that is killed: what it is told to do, how it ended, what it left. */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { RunRequest } from "../runs/grid/grid.ts";
import { type Files, filesUnder } from "./kills_check.ts";
import { type ChildOrder, eventsOf, type FileKind, type KilledBackend, type LogEvent } from "./kills_log.ts";

/** The stages of the run that is killed, and their steps: a smoke run that takes less time than its start. */
export const killedSteps: [stage: string, steps: number][] = [["stage 1", 8], ["stage 2", 6], ["stage 3", 8]];
/** Batches of its evaluations: two in stages 1 and 3 each, one of `bert` on dev, four of `dpbert`. */
export const evaluationBatches = 2 + 1 + 2 + 4;

/** The run that is killed; its parent is trained first. One epoch of the smoke rows is 8 batches. */
export const killedRun: RunRequest = {
  profile: "smoke",
  task: "mrpc",
  method: "dpbert",
  settings: {
    targetRate: 0.6,
    epochs: 1,
    "stage2.steps": killedSteps[1][1],
    "stage3.steps": killedSteps[2][1],
  },
  seed: 0,
};

const entry = fileURLToPath(new URL("kills_child.ts", import.meta.url));
const config = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** How a process ended. */
export interface End {
  /** When it was killed, in milliseconds since 1970; null: it came to its own end. */
  killedAt: number | null;
  success: boolean;
  stderr: string;
  events: LogEvent[];
}

/** Runs a child to its end or, if `killAfter` milliseconds are given, until then. */
export async function live(order: ChildOrder, killAfter: number | null = null): Promise<End> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, entry, JSON.stringify(order)],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let killedAt: number | null = null;
  const kill = () => {
    killedAt = performance.timeOrigin + performance.now();
    child.kill("SIGKILL");
  };
  const timer = killAfter === null ? undefined : setTimeout(kill, killAfter);
  const { success, stderr } = await child.output();
  clearTimeout(timer);
  const events = eventsOf(await Deno.readTextFile(order.log).catch(() => ""), order.life);
  const suicide = events.find(({ what }) => what === "dies");
  return {
    killedAt: suicide?.at ?? (success ? null : killedAt),
    success,
    stderr: new TextDecoder().decode(stderr),
    events,
  };
}

/** The undisturbed run: what it leaves, how long it takes, and how many moments around file operations it has. */
export interface Calm {
  files: Files;
  ms: number;
  moments: Record<FileKind, number>;
}

/** Runs it in `folder`. */
export async function calmRun(
  folder: string,
  { checkpointEvery, backend }: { checkpointEvery: number; backend: KilledBackend },
): Promise<Calm> {
  await Deno.mkdir(folder);
  const started = performance.now();
  const { success, stderr, events } = await live(orderIn(folder, { checkpointEvery, backend }));
  const ms = performance.now() - started;
  if (!success) throw new Error(`The undisturbed run failed: ${stderr}`);
  return { files: filesUnder(join(folder, "results")), ms, moments: events.at(-1)!.moments! };
}

/** An order to work in `folder`, whose results lie in `results` there. */
export function orderIn(folder: string, changes: Partial<ChildOrder>): ChildOrder {
  const places = { results: join(folder, "results"), log: join(folder, "log") };
  return {
    ...places,
    life: 0,
    death: null,
    fresh: false,
    backend: "wasm",
    checkpointEvery: 60_000,
    request: killedRun,
    ...changes,
  };
}
