/** `deno task bench --faults [--kills N]`: every malformed thing, servers, kills at random moments, two at once. */
import { join } from "node:path";
import { meetFaults } from "../bench/faults/measure.ts";
import { meetRecovery, recoveries } from "../bench/faults/recoveries.ts";
import type { MeasuredFaults } from "../bench/faults/table.ts";
import { type KillReport, killRuns } from "../bench/kills.ts";
import { calmRun } from "../bench/kills_life.ts";
import type { KilledBackend } from "../bench/kills_log.ts";
import { killedChild, twoReproductions, twoTrainings } from "../bench/two_at_once.ts";
import { InputError } from "../errors.ts";

type Say = (line: string) => void;

/** Meets the faults and kills the runs; `say` hears of each. Throws `InputError` for a number of kills that is none. */
export async function measuredFaults(kills: string, say: Say): Promise<MeasuredFaults> {
  if (!/^[1-9]\d{0,4}$/.test(kills)) {
    throw new InputError(`--kills ${kills}: expected a whole number from 1 to 99999.`);
  }
  const faults = await meetFaults(say), met: MeasuredFaults["recoveries"] = [];
  for (const recovery of recoveries) {
    met.push(await meetRecovery(recovery));
    say(`download: ${recovery.name}: ${met.at(-1)!.complaints.join("; ") || "ok"}`);
  }
  return { faults, recoveries: met, kills: await killsOnBoth(Number(kills), say), ...await manyAtOnce(say) };
}

/** A quarter of the kills hit runs on `cpu`, which is slow; the others `wasm`. */
async function killsOnBoth(kills: number, say: Say): Promise<KillReport[]> {
  const onCpu = Math.floor(kills / 4), reports: KillReport[] = [];
  const counts: [KilledBackend, number][] = [["wasm", kills - onCpu], ["cpu", onCpu]];
  for (const [backend, count] of counts.filter(([, count]) => count > 0)) {
    const onKill = ({ phase, aimedAt }: { phase: string; aimedAt: string | null }) =>
      say(`${backend}: killed in ${phase}${aimedAt ? `, ${aimedAt}` : ""}`);
    reports.push(await killRuns({ kills: count, seed: 0, backend, onKill }));
  }
  return reports;
}

async function manyAtOnce(say: Say): Promise<Pick<MeasuredFaults, "atOnce" | "killedChild">> {
  const folder = await Deno.makeTempDir();
  try {
    say("one of the processes of reproduce is killed");
    const killed = await killedChild(join(folder, "child"));
    say("two trainings at once");
    const { files } = await calmRun(join(folder, "calm"), { checkpointEvery: 60_000, backend: "wasm" });
    const trainings = await twoTrainings(join(folder, "trainings"), files);
    say("two reproductions at once, and one alone");
    const reproductions = await twoReproductions(join(folder, "reproductions"));
    return {
      killedChild: killed,
      atOnce: [
        { name: "two trainings of the same runs", ...trainings },
        { name: "two `reproduce` of the smoke profile", ...reproductions },
      ],
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
