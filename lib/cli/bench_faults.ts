/** `deno task bench --faults [--kills N]`: every malformed thing, and kills at random moments. */
import { meetFaults } from "../bench/faults/measure.ts";
import type { MeasuredFaults } from "../bench/faults/table.ts";
import { killRuns } from "../bench/kills.ts";
import { InputError } from "../errors.ts";

/** Meets the faults and kills the runs; `say` hears of each. Throws `InputError` for a number of kills that is none. */
export async function measuredFaults(kills: string, say: (line: string) => void): Promise<MeasuredFaults> {
  if (!/^[1-9]\d{0,4}$/.test(kills)) {
    throw new InputError(`--kills ${kills}: expected a whole number from 1 to 99999.`);
  }
  const faults = await meetFaults(say);
  const onKill = ({ phase, aimedAt }: { phase: string; aimedAt: string | null }) =>
    say(`killed in ${phase}${aimedAt ? `, ${aimedAt}` : ""}`);
  return { faults, kills: await killRuns({ kills: Number(kills), seed: 0, onKill }) };
}
