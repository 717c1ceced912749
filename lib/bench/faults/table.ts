/** The page of faults, from what `results/bench/faults.json` holds and nothing else. */
import type { Table } from "../../report/mod.ts";
import type { KillReport } from "../kills.ts";
import type { MetFault } from "./measure.ts";

/** What `deno task bench --faults` found. */
export interface MeasuredFaults {
  faults: MetFault[];
  kills: KillReport;
}

/** Milliseconds of work that a kill may cost. */
const mostWorkMs = 60_000;

/** What killing must not do, where it did; none if all is well. */
export function killComplaints(kills: KillReport): string[] {
  const { recordsLost, brokenFiles, runsDiffering, failures, mostWorkLostMs } = kills;
  return [
    ...recordsLost > 0 ? [`${recordsLost} records lost`] : [],
    ...brokenFiles.length > 0 ? [`${brokenFiles.length} broken files`] : [],
    ...runsDiffering > 0 ? [`${runsDiffering} runs ended in other bytes`] : [],
    ...failures.length > 0 ? [`${failures.length} runs could not be continued`] : [],
    ...mostWorkLostMs > mostWorkMs ? [`${Math.round(mostWorkLostMs / 1000)} s of work lost`] : [],
  ];
}

/** Whether every fault that this machine could be given was refused as it should be, and no kill lost anything. */
export function allRefused({ faults, kills }: MeasuredFaults): boolean {
  return faults.every(({ complaints }) => complaints === null || complaints.length === 0) &&
    killComplaints(kills).length === 0;
}

/** Characters of a message on the page; `faults.json` has all of it. */
const shownCharacters = 200;

const cut = (text: string) => text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;

function row({ group, name, code, message, complaints }: MetFault): string[] {
  if (complaints === null) return [group, name, "–", "–", "not on this machine"];
  const verdict = complaints.length === 0 ? "refused" : `not as it should be: ${complaints.join("; ")}`;
  return [group, name, cut(message ?? "–"), `${code ?? "–"}`, verdict];
}

function killRow(kills: KillReport): string[] {
  const { atRandomTimes, runs, recordsLost, brokenFiles, runsDiffering, mostWorkLostMs, checkpointEvery } =
    kills;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const found = killComplaints(kills);
  return [
    "kill -9",
    `${kills.kills} moments of ${runs} runs of all stages: ${atRandomTimes} at a random time, the others at a random step, ` +
    "batch of an evaluation or file operation",
    `Started again: ${
      runs - runsDiffering
    } of ${runs} runs end with the bytes of an undisturbed one. Records lost: ` +
    `${recordsLost}; broken files: ${brokenFiles.length}; most work done twice: ${
      seconds(mostWorkLostMs)
    }, where the ` +
    `state is saved every ${seconds(checkpointEvery)}.`,
    "–",
    found.length === 0 ? "nothing lost" : `not as it should be: ${found.join("; ")}`,
  ];
}

/** A row per fault and one for all kills. */
export function faultsTable({ faults, kills }: MeasuredFaults): Table {
  return {
    name: "faults",
    caption:
      `${faults.length} malformed things, each met by the command that a user would type, in a process of its own. ` +
      "Refused: the process ends with exit code 1 and an error of one or two sentences that names the thing, shows no " +
      "stack trace and leaves no half-written file. Paths are shown from the fault's own folder on.",
    columns: ["Kind", "Fault", "What the command says", "Exit code", "Verdict"],
    rows: [...faults.map(row), killRow(kills)],
    align: ["left", "left", "left", "right", "left"],
  };
}
