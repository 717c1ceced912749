/** Both front ends beside each other as a table, from what `results/bench/front_ends.json` holds and nothing else. */
import type { Table } from "../report/mod.ts";
import type { Machine } from "../runs/records/environment.ts";
import type { FrontEndRounds } from "./front_ends.ts";

/** What `deno task bench --front-ends` found and where. */
export interface MeasuredFrontEnds {
  /** File name. */
  notebook: string;
  /** Processes that computed meanwhile. */
  busy: number;
  machine: Machine;
  /** Version. */
  deno: string;
  /** Version of nbconvert. */
  nbconvert: string;
  frontEnds: FrontEndRounds[];
}

const titles = { kernel: "kernel client (`--via kernel`)", jupyter: "nbconvert (`--via jupyter`)" };

/** A row per front end. */
export function frontEndsTable(measured: MeasuredFrontEnds): Table {
  const { notebook, busy, machine, deno, nbconvert, frontEnds } = measured;
  return {
    name: "front_ends",
    caption:
      `${notebook} executed again and again each way beside ${busy} processes that only compute, on ${machine.cores} cores: ` +
      "files that are the undisturbed kernel client's, byte for byte. " +
      `Deno ${deno}, nbconvert ${nbconvert}, ${machine.cpu}.`,
    columns: ["Front end", "Equal", "What was wrong"],
    rows: frontEnds.map(({ frontEnd, rounds, equal, problems }) => [
      titles[frontEnd],
      `${equal} of ${rounds}`,
      problems.join("; ") || "–",
    ]),
    align: ["left", "right", "left"],
  };
}
