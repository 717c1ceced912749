/** The training benchmark as a table, from what `results/bench/training.json` holds and nothing else. */
import type { Table } from "../report/mod.ts";
import type { Machine } from "../runs/records/environment.ts";
import type { Measured } from "./contestant.ts";
import type { TrainingOutcome } from "./training.ts";

/** What `deno task bench --training` measured and where. */
export interface MeasuredTraining {
  machine: Machine;
  /** Load average before it ran; null where the system has none. */
  load: number | null;
  outcomes: TrainingOutcome[];
}

const peer = "PyTorch";

/** Milliseconds, tokens a second, speed beside PyTorch's and peak memory of everybody at every shape. */
export function trainingTable({ machine, load, outcomes }: MeasuredTraining): Table {
  const rows = outcomes.flatMap((outcome) => [
    ...outcome.alone.map((one) => row(outcome.shape, one.name, [one], outcome, find(outcome.alone))),
    ...outcome.pairs.map((pair) =>
      row(`${outcome.shape}, two at once`, pair[0].name, pair, outcome, outcome.pairs.find(isPeer) ?? null)
    ),
  ]);
  const about = outcomes[0]?.alone.map(({ name, about }) => `${name}: ${describe(about)}`) ?? [];
  return {
    name: "training",
    caption:
      `A training step (forward, backward, clipping, AdamW), layers x width, in turns of ten steps, one thread each. ` +
      `Speed: tokens a second over PyTorch's as it comes, from the medians; range: of the turns' medians (ms). ` +
      `${machine.cpu}, ${machine.cores} cores, load ${load ?? "unknown"}. ${about.join("; ")}.`,
    columns: ["Shape", "Who", "Step (ms)", "Range", "Tokens/s", "Speed", "Peak memory (MB)"],
    rows,
    align: ["left", "left", "right", "right", "right", "right", "right"],
  };
}

const isPeer = (pair: Measured[]) => pair[0].name === peer;
const find = (all: Measured[]): Measured[] | null => {
  const found = all.find(({ name }) => name === peer);
  return found ? [found] : null;
};

const tokensPerSecond = (all: Measured[], tokensPerStep: number) =>
  all.reduce((sum, { medianMs }) => sum + 1000 * tokensPerStep / medianMs, 0);

function row(
  shape: string,
  who: string,
  all: Measured[],
  { tokensPerStep }: TrainingOutcome,
  beside: Measured[] | null,
): string[] {
  const speed = tokensPerSecond(all, tokensPerStep);
  const low = Math.min(...all.map(({ blockMedianMs }) => blockMedianMs[0]));
  const high = Math.max(...all.map(({ blockMedianMs }) => blockMedianMs[1]));
  return [
    shape,
    who,
    all.map(({ medianMs }) => medianMs.toFixed(1)).join(", "),
    `${low.toFixed(1)}–${high.toFixed(1)}`,
    speed.toFixed(0),
    beside ? (speed / tokensPerSecond(beside, tokensPerStep)).toFixed(2) : "–",
    all.map(({ peakMemoryMb }) => peakMemoryMb ?? "–").join(", "),
  ];
}

function describe({ version, backend, blas }: Record<string, unknown>): string {
  return backend ? `Deno ${version}, ${backend}${blas ? ` with ${blas}` : ""}` : `${version}`;
}
