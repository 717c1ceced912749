/** What runs score on the held-out tenth of train, where settings are chosen: neither dev nor test is seen there. */
import type { RunRecord } from "../../runs/records/record.ts";
import { type RunGroup, sameSeeds } from "../study/groups.ts";
import { mean } from "../statistics.ts";

/**
 * A run's score × 100 on the held-out rows: where inputs leave by an exit, of that exit's rule (without it, it is the
 * mean of the exits that was chosen by); null where it was not measured.
 */
export function heldOutScoreOf({ selection }: Pick<RunRecord, "selection">): number | null {
  const exit = selection.exit as { heldOutScore?: unknown } | undefined;
  if (!exit) return selection.heldOutScore;
  return typeof exit.heldOutScore === "number" ? exit.heldOutScore : null;
}

/** Mean held-out score of the first less that of the second, over the seeds that both have one of; NaN without any. */
export function heldOutGain(first: RunGroup, second: RunGroup): number {
  return mean(
    sameSeeds(first, second).flatMap((pair) => {
      const [one, two] = pair.map(heldOutScoreOf);
      return one === null || two === null ? [] : [one - two];
    }),
  );
}
