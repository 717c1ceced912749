/** Several processes at one thing: two that make the same runs in the same folder, and one of `reproduce`'s that is killed. */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { differences } from "./kills.ts";
import { differingPaths, type Files, filesUnder } from "./kills_check.ts";
import { live, orderIn } from "./kills_life.ts";
import { ownProject } from "./own_project.ts";
import type { RunRequest } from "../runs/grid/grid.ts";
import { lockFile } from "../runs/unfinished/run.ts";

/** How two at once ended. */
export interface TwoAtOnce {
  /** Files left over or with other bytes than one process alone leaves. */
  differences: string[];
  /** What a process failed with. */
  failures: string[];
}

/** Two trainings at once in `folder`, which is made; `alone`: what one leaves (`calmRun`). */
export async function twoTrainings(folder: string, alone: Files): Promise<TwoAtOnce> {
  await Deno.mkdir(folder);
  const ends = await Promise.all([0, 1].map((life) => live(orderIn(folder, { life }))));
  const files = filesUnder(join(folder, "results"));
  return {
    differences: differences(files, alone, null),
    failures: failuresOf(ends),
  };
}

const command = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const config = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** A command's end: exit code and what it said on stderr. */
interface CommandEnd {
  success: boolean;
  code: number;
  stderr: string;
}

/** Starts `reproduce` into `folder`; `entry` is a project's command line. */
async function reproduce(folder: string, entry = command, options: string[] = []): Promise<CommandEnd> {
  const { success, code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, entry, "reproduce", "--into", folder, ...options],
    env: { DPB_BACKEND: "wasm", DPB_BLAS: "off", DPB_PROFILE: "smoke" },
    stdout: "null",
    stderr: "piped",
  }).output();
  return { success, code, stderr: new TextDecoder().decode(stderr) };
}

/**
 * Two `reproduce` commands at once, compared with one alone; in `folder`, which is made. Minutes of work. Tables,
 * figures and notebooks show latencies, so that only their names are compared.
 */
export async function twoReproductions(folder: string): Promise<TwoAtOnce> {
  const [together, alone] = [join(folder, "together"), join(folder, "alone")];
  for (const place of [folder, together, alone]) await Deno.mkdir(place);
  const ends = [...await Promise.all([reproduce(together), reproduce(together)]), await reproduce(alone)];
  return {
    differences: differingPaths(filesUnder(together), filesUnder(alone)),
    failures: failuresOf(ends),
  };
}

const failuresOf = (ends: { success: boolean; stderr: string }[]) =>
  ends.filter(({ success }) => !success).map(({ stderr }) => stderr);

/** What came of a reproduction of two runs when the process of one was killed. */
export interface KilledChild {
  code: number;
  /** What it said of the killed run; null: nothing. */
  message: string | null;
  /** Whether the other run has a record. */
  othersDone: boolean;
  /** Exit code of the same command afterwards. */
  codeAgain: number;
  /** Files that differ in the end from those of a reproduction that nobody disturbed. */
  differences: string[];
}

const twoRuns = ["--tasks", "sst-2,mrpc", "--methods", "bert", "--seeds", "0,", "--jobs", "2"];
const killedRequest: RunRequest = { profile: "smoke", task: "mrpc", method: "bert", settings: {}, seed: 0 };

/**
 * Kills the process that trains one of two runs of a `reproduce`, runs the same command again, and compares the end with
 * that of an undisturbed one; in `folder`, which is made, on a project without notebooks.
 */
export async function killedChild(folder: string): Promise<KilledChild> {
  const [disturbed, alone] = [join(folder, "disturbed"), join(folder, "alone")];
  for (const place of [folder, disturbed, alone]) await Deno.mkdir(place);
  const { entry } = await ownProject(folder);
  const first = reproduce(disturbed, entry, twoRuns);
  const ended = new AbortController();
  void first.then(() => ended.abort());
  await killOwner(lockFile(disturbed, killedRequest), ended.signal);
  const { code, stderr } = await first;
  const isDone = (task: string) =>
    [...filesUnder(disturbed).keys()].some((path) => path.includes(`/runs/${task}/`));
  const othersDone = isDone("sst-2");
  const again = await reproduce(disturbed, entry, twoRuns);
  await reproduce(alone, entry, twoRuns);
  return {
    code,
    message: /^failed: (.+)$/m.exec(stderr)?.[1] ?? null,
    othersDone,
    codeAgain: again.code,
    differences: differingPaths(filesUnder(disturbed), filesUnder(alone)),
  };
}

/** Kills the process whose id is in the lock `file` once there is one, unless `ended` comes first. */
async function killOwner(file: string, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const owner = await Deno.readTextFile(file).catch(() => "");
    if (/^\d+$/.test(owner)) return Deno.kill(Number(owner), "SIGKILL");
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
