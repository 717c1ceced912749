/** The latency benchmark as a table, from what `results/bench/latency.json` holds and nothing else. */
import type { Table } from "../report/mod.ts";
import type { Machine } from "../runs/records/environment.ts";
import type { benchContestants, benchDepths } from "./latency.ts";

/** One model. */
export type LatencyOutcome =
  & { shape: string; heads: number; tokens: number }
  & Awaited<ReturnType<typeof benchContestants>>
  & Awaited<ReturnType<typeof benchDepths>>;

/** What `deno task bench` measured and where. */
export interface MeasuredLatency {
  backend: string;
  blas: string | null;
  adapter: string | null;
  machine: Machine;
  /** Load average before it ran; null where the system has none. */
  load: number | null;
  /** Version. */
  deno: string;
  outcomes: LatencyOutcome[];
}

const rivals = ["onnxruntime-node", "onnxruntime-web"];

function rowsOf({ shape, heads, contestants, atDepth }: LatencyOutcome): string[][] {
  const msOf = (name: string) => contestants.find((contestant) => contestant.name === name)?.medianMs;
  const proportions = atDepth.slice(1).map(({ overProportional }) => overProportional);
  return contestants.map(({ name, medianMs }) => [
    `${shape}, ${heads} heads`,
    name,
    medianMs.toFixed(1),
    ...rivals.map((rival) => {
      const theirs = msOf(rival);
      return theirs === undefined ? "–" : (theirs / medianMs).toFixed(2);
    }),
    ...(name === "ours" ? [proportions[0], Math.max(...proportions)].map((x) => x.toFixed(2)) : ["–", "–"]),
  ]);
}

/** Every contestant's full model beside onnxruntime's, and what a skipped layer saves. */
export function latencyTable({ backend, blas, machine, load, deno, outcomes }: MeasuredLatency): Table {
  const versions = new Map(
    outcomes.flatMap(({ contestants }) =>
      contestants.filter(({ name }) => rivals.includes(name)).map(({ name, about }) => [name, about.version])
    ),
  );
  const named = [...versions].map(([name, version]) => `${name} ${version}`).join(", ");
  return {
    name: "latency",
    caption:
      `Latency at batch size 1, random weights, ${
        outcomes[0].tokens
      } tokens; contestants are processes of one ` +
      `thread each that take turns, the same weights in each. Speed: theirs over ours, so more than 1 is faster. ` +
      `Proportion: our median at k executed layers, planner included, over k / L of the full model's; 1 is exactly ` +
      `proportional. ${backend}${blas ? ` with ${blas}` : ""}, deno ${deno}${named && `, ${named}`}, ` +
      `${machine.cpu}, load ${load ?? "unknown"}.`,
    columns: [
      "Model",
      "Run by",
      "Median (ms)",
      "Speed beside onnxruntime-node",
      "beside onnxruntime-web",
      "Proportion at 1 layer",
      "Worst proportion",
    ],
    rows: outcomes.flatMap(rowsOf),
    align: ["left", "left", "right", "right", "right", "right", "right"],
  };
}
