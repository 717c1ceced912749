/** The page of faults, from what `results/bench/faults.json` holds and nothing else. */
import type { Table } from "../../report/mod.ts";
import type { KillReport } from "../kills.ts";
import type { KilledChild, TwoAtOnce } from "../two_at_once.ts";
import type { MetFault } from "./measure.ts";
import type { MetRecovery } from "./recoveries.ts";

/** What `deno task bench --faults` found. */
export interface MeasuredFaults {
  faults: MetFault[];
  recoveries: MetRecovery[];
  /** One for each backend that was killed on. */
  kills: KillReport[];
  atOnce: (TwoAtOnce & { name: string })[];
  killedChild: KilledChild;
}

/** Milliseconds by which the clocks of two processes and a busy machine may be wrong. */
const marginMs = 100;

/**
 * Milliseconds that a kill may have cost: what the runs were told to risk, and a piece of work with its save, since nothing
 * is saved in the middle of one. A run on `cpu` that never saves in a stage loses more than this; one on `wasm` is too short.
 */
const mostWorkMs = ({ checkpointEvery, longestPieceMs, longestSaveMs }: KillReport) =>
  checkpointEvery + longestPieceMs + longestSaveMs + marginMs;

/** What killing must not do, where it did; none if all is well. */
export function killComplaints(kills: KillReport): string[] {
  const { recordsLost, brokenFiles, runsDiffering, failures, mostWorkLostMs } = kills;
  return [
    ...recordsLost > 0 ? [`${recordsLost} records lost`] : [],
    ...brokenFiles.length > 0 ? [`${brokenFiles.length} broken files`] : [],
    ...runsDiffering > 0 ? [`${runsDiffering} runs ended in other bytes`] : [],
    ...failures.length > 0 ? [`${failures.length} runs could not be continued`] : [],
    ...mostWorkLostMs > mostWorkMs(kills)
      ? [`${seconds(mostWorkLostMs)} of work lost, more than ${seconds(mostWorkMs(kills))}`]
      : [],
  ];
}

/** What two at once must not do, where they did. */
const atOnceComplaints = ({ differences, failures }: TwoAtOnce): string[] => [
  ...differences.length > 0 ? [`${differences.length} files differ`] : [],
  ...failures.length > 0 ? [`${failures.length} of them failed`] : [],
];

/** What a reproduction must not do when one of its processes is killed, where it did. */
function childComplaints({ code, message, othersDone, codeAgain, differences }: KilledChild): string[] {
  return [
    ...code !== 1 ? [`its exit code is ${code}`] : [],
    ...!/mrpc bert seed 0: Its process was killed/.test(message ?? "") ? ["it does not name the run"] : [],
    ...!othersDone ? ["the other run did not go on"] : [],
    ...codeAgain !== 0 ? [`the same command again ends with exit code ${codeAgain}`] : [],
    ...differences.length > 0 ? [`${differences.length} files differ`] : [],
  ];
}

/** Whether every fault that this machine could be given was refused or survived as it should be, and nothing was lost. */
export function allRefused({ faults, recoveries, kills, atOnce, killedChild }: MeasuredFaults): boolean {
  const found = [
    ...faults.map(({ complaints }) => complaints ?? []),
    ...recoveries.map(({ complaints }) => complaints),
    ...kills.map(killComplaints),
    ...atOnce.map(atOnceComplaints),
    childComplaints(killedChild),
  ];
  return found.every((complaints) => complaints.length === 0);
}

/** Characters of a message on the page; `faults.json` has all of it. */
const shownCharacters = 200;

const cut = (text: string) => text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;

function row({ group, name, code, message, complaints }: MetFault): string[] {
  if (complaints === null) return [group, name, "–", "–", "not on this machine"];
  return [group, name, cut(message ?? "–"), `${code ?? "–"}`, verdict(complaints, "refused")];
}

const verdict = (complaints: string[], good: string) =>
  complaints.length === 0 ? good : `not as it should be: ${complaints.join("; ")}`;

function recoveryRow({ name, said, asked, recovered, complaints }: MetRecovery): string[] {
  const good = recovered ? `recovered: the right file after ${asked.length} requests` : "refused";
  return ["download (function)", name, cut(said.at(-1) ?? "–"), "–", verdict(complaints, good)];
}

function atOnceRow(ends: TwoAtOnce & { name: string }): string[] {
  const { name, differences, failures } = ends;
  const happened =
    `Failed: ${failures.length} of them. Files that one alone does not leave, or leaves otherwise: ` +
    `${differences.length}.`;
  return ["two at once", name, happened, "–", verdict(atOnceComplaints(ends), "nothing lost")];
}

function childRow(killed: KilledChild): string[] {
  const { code, message, othersDone, codeAgain, differences } = killed;
  const happened =
    `${cut(message ?? "–")} The other run ${othersDone ? "has its record" : "has no record"}. The same ` +
    `command again: exit code ${codeAgain}; files that an undisturbed one does not leave, or leaves otherwise: ` +
    `${differences.length}.`;
  const name = "one of the two trainings of `reproduce`";
  return ["kill -9", name, happened, `${code}`, verdict(childComplaints(killed), "nothing lost")];
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

function killRow(kills: KillReport): string[] {
  const {
    atRandomTimes,
    runs,
    recordsLost,
    brokenFiles,
    runsDiffering,
    mostWorkLostMs,
    checkpointEvery,
    longestPieceMs,
    longestSaveMs,
  } = kills;
  return [
    "kill -9",
    `${kills.kills} moments of ${runs} runs of all stages on \`${kills.backend}\`: ${atRandomTimes} at a random time, the others at a random step, ` +
    "batch of an evaluation or file operation",
    `Started again: ${
      runs - runsDiffering
    } of ${runs} runs end with the bytes of an undisturbed one. Records lost: ` +
    `${recordsLost}; broken files: ${brokenFiles.length}; most work done twice: ${
      seconds(mostWorkLostMs)
    }, where the ` +
    `state is saved every ${seconds(checkpointEvery)} and the longest piece of work took ${
      seconds(longestPieceMs)
    }, the longest save ${seconds(longestSaveMs)}.`,
    "–",
    verdict(killComplaints(kills), "nothing lost"),
  ];
}

/** A row per fault, per server that gives its file after all, per backend killed on, and for each thing done at once. */
export function faultsTable({ faults, recoveries, kills, atOnce, killedChild }: MeasuredFaults): Table {
  return {
    name: "faults",
    caption:
      `${faults.length} malformed things, each met by the command that a user would type, in a process of its own. ` +
      "Refused: the process ends with exit code 1 and an error of one or two sentences that names the thing, shows no " +
      "stack trace and leaves no half-written file. Paths are shown from the fault's own folder on. Downloads that end well " +
      "cannot have GLUE's own sums on this machine; they are met by the function behind `setup --glue`, with a small file " +
      "of sums of its own. A kill costs at most the interval between two saves, a piece of work and a save: the runs here save so " +
      "often that this shows in a second. Without being told otherwise the interval is 60 s, which lib/train/interruption_test.ts " +
      "tests with a clock of its own.",
    columns: ["Kind", "Fault", "What the command says", "Exit code", "Verdict"],
    rows: [
      ...faults.map(row),
      ...recoveries.map(recoveryRow),
      ...kills.map(killRow),
      childRow(killedChild),
      ...atOnce.map(atOnceRow),
    ],
    align: ["left", "left", "left", "right", "left"],
  };
}
