/** The backends beside each other as a table, from what `results/bench/backends.json` holds and nothing else. */
import type { Table } from "../report/mod.ts";
import type { BackendComparison, LossGap, MissingBackend } from "../runs/lesson/backends.ts";
import type { Machine } from "../runs/records/environment.ts";

/** What `deno task bench --backends` found and where. */
export interface ComparedBackends {
  reference: string;
  /** Steps of each stage. */
  steps: number;
  machine: Machine;
  /** Version. */
  deno: string;
  backends: (BackendComparison | MissingBackend)[];
}

/** `2.1e-7 (1.3e-6)`. */
const gapCell = ({ last, largest }: LossGap) => `${last.toExponential(1)} (${largest.toExponential(1)})`;

/** Which BLAS or adapter stands behind a name. */
const titleOf = ({ backend, blas, adapter }: BackendComparison) =>
  blas ?? adapter ? `${backend} (${blas ?? adapter})` : backend;

function row(found: BackendComparison | MissingBackend): string[] {
  if ("missing" in found) return [found.backend, "–", "–", "–", `not compared: ${found.missing}`, "–"];
  const { gaps, draws, devRows, differentPaths } = found;
  return [
    titleOf(found),
    gapCell(gaps.stage1),
    gapCell(gaps.stage2),
    gapCell(gaps.stage3),
    `${draws.compared - draws.different} of ${draws.compared}`,
    `${devRows - differentPaths} of ${devRows}`,
  ];
}

/** A row per backend. */
export function backendsTable({ reference, steps, machine, deno, backends }: ComparedBackends): Table {
  return {
    name: "backends",
    caption:
      `${steps} steps of every stage on the smoke model beside the same steps on ${reference} without a BLAS, from the ` +
      "same parameters and with the actions sampled there: relative difference of the losses at the last step (largest " +
      "over the steps). Draws: actions that a backend's own draws make equal, where no probability lies within 1e-4 of " +
      `its number. Paths: dev rows of the trained model planned equally. ${machine.cpu}, Deno ${deno}.`,
    columns: ["Backend", "Stage 1", "Stage 2", "Stage 3", "Draws", "Paths"],
    rows: backends.map(row),
    align: ["left", "right", "right", "right", "right", "right"],
  };
}
