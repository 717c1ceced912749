/** Two processes that make the same runs in the same folder at the same moment. */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { differences } from "./kills.ts";
import { differingPaths, type Files, filesUnder } from "./kills_check.ts";
import { live, orderIn } from "./kills_life.ts";

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

async function reproduce(folder: string): Promise<{ success: boolean; stderr: string }> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, command, "reproduce", "--into", folder],
    env: { DPB_BACKEND: "wasm", DPB_BLAS: "off", DPB_PROFILE: "smoke" },
    stdout: "null",
    stderr: "piped",
  }).output();
  return { success, stderr: new TextDecoder().decode(stderr) };
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
