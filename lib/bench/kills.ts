/**
 * Kills smoke runs at random moments, again and again, and looks at what is left each time: every file under its name
 * whole, no record lost, the end the same bytes as undisturbed. Killing is SIGKILL: nothing in the process runs after it.
 */
import { join } from "node:path";
import seedrandom from "seedrandom";
import { keyOf } from "../runs/grid/grid.ts";
import { stage1Of } from "../runs/methods/mod.ts";
import { runName } from "../runs/records/store.ts";
import {
  agedResults,
  brokenFiles,
  differingPaths,
  type Files,
  filesUnder,
  isRecord,
  isTemporary,
  layDown,
  ofRun,
} from "./kills_check.ts";
import {
  type Calm,
  calmRun,
  type End,
  evaluationBatches,
  killedRun,
  killedSteps,
  live,
  orderIn,
} from "./kills_life.ts";
import {
  type Death,
  fileKinds,
  type KilledBackend,
  longestOf,
  type Phase,
  phaseOf,
  phases,
  workLost,
} from "./kills_log.ts";

/** What is to be done. */
export interface KillOptions {
  kills: number;
  /** Draws the moments. A third of them are times, so the same seed does not repeat a report. */
  seed: number;
  /** What the runs compute on; `wasm` unless told otherwise. */
  backend?: KilledBackend;
  /** Milliseconds of work that a kill may cost; the runs take under a second. */
  checkpointEvery?: number;
  onKill?(kill: Kill): void;
}

/** One kill. */
export interface Kill {
  phase: Phase;
  /** What it was aimed at (`step 3 of stage 2`, `middle write`, `before rename vocab.txt`); null: a random time. */
  aimedAt: string | null;
}

/** What happened. */
export interface KillReport {
  backend: KilledBackend;
  kills: number;
  byPhase: Record<Phase, number>;
  /** Kills at random times; the others at a random step, batch of an evaluation or file operation. */
  atRandomTimes: number;
  /** Kills after which a checkpoint was cut off as well, as a power cut can do. */
  damagedCheckpoints: number;
  /** Runs of all stages that were killed and continued to their end. */
  runs: number;
  /** Of these, runs whose record, predictions, curve or weights were not those of an undisturbed run. */
  runsDiffering: number;
  /** The files that differed or were left over. */
  differences: string[];
  /** Records that were there before a kill and were not, or not with a training's own bytes, after it. */
  recordsLost: number;
  /** Files under a final name that could not be read after a kill, with the reason. */
  brokenFiles: string[];
  /** What processes that were not killed failed with. */
  failures: string[];
  /** Milliseconds of work that a kill may cost, as the runs were told. */
  checkpointEvery: number;
  /** Most milliseconds of training that had to be repeated after one kill. */
  mostWorkLostMs: number;
  /** Milliseconds of the longest step or batch of an evaluation of all processes, */
  longestPieceMs: number;
  /** and of the longest save. */
  longestSaveMs: number;
}

/** Kills runs until `kills` is reached, lets the last one end, and reports. */
export async function killRuns(
  { kills, seed, backend = "wasm", checkpointEvery = 50, onKill }: KillOptions,
): Promise<KillReport> {
  const random = seedrandom(`${seed}/kills`);
  const folder = await Deno.makeTempDir();
  try {
    const calm = await calmRun(join(folder, "calm"), { checkpointEvery, backend });
    const report: KillReport = {
      backend,
      kills: 0,
      byPhase: Object.fromEntries(phases.map((phase) => [phase, 0])) as Record<Phase, number>,
      atRandomTimes: 0,
      damagedCheckpoints: 0,
      runs: 0,
      runsDiffering: 0,
      differences: [],
      recordsLost: 0,
      brokenFiles: [],
      failures: [],
      checkpointEvery,
      mostWorkLostMs: 0,
      longestPieceMs: 0,
      longestSaveMs: 0,
    };
    for (let round = 0; report.kills < kills && report.failures.length === 0; round++) {
      await killRound({ folder: join(folder, `${round}`), round, calm, kills, random, report, onKill });
    }
    return report;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Round {
  folder: string;
  /** Every second one trains again what has records already (`--fresh`, then without). */
  round: number;
  calm: Calm;
  kills: number;
  random: () => number;
  report: KillReport;
  onKill: KillOptions["onKill"];
}

/** Starts the same runs until they come to their end, and kills them while there are kills left. */
async function killRound({ folder, round, calm, kills, random, report, onKill }: Round): Promise<void> {
  const results = join(folder, "results"), { checkpointEvery, backend } = report;
  const old = round % 2 === 1 ? agedResults(calm.files) : null;
  await Deno.mkdir(results, { recursive: true });
  if (old) await layDown(results, old);
  let before = filesUnder(results);
  const lives: Life[] = [];
  for (let life = 0;; life++) {
    const { death, killAfter } = report.kills < kills ? nextDeath(report, calm, random) : calmly;
    const fresh = old !== null && life === 0;
    const end = await live(orderIn(folder, { life, death, fresh, backend, checkpointEvery }), killAfter);
    if (end.killedAt === null) {
      if (!end.success) report.failures.push(end.stderr);
      lives.push({ ...end, damaged: false });
      break;
    }
    const files = filesUnder(results);
    const kill = killOf(end, files);
    report.kills++;
    report.byPhase[kill.phase]++;
    if (kill.aimedAt === null) report.atRandomTimes++;
    report.recordsLost += recordsLost(before, files, calm.files);
    const changed = [...files].filter(([path, bytes]) => before.get(path) !== bytes);
    report.brokenFiles.push(...await brokenFiles(results, new Map(changed)));
    const damaged = random() < damagedShare && await damageCheckpoint(results, files, random);
    if (damaged) report.damagedCheckpoints++;
    lives.push({ ...end, damaged });
    before = damaged ? filesUnder(results) : files;
    onKill?.(kill);
  }
  const ended = filesUnder(results);
  if (lives.length > 1) report.runs++;
  const differing = differences(ended, calm.files, old);
  if (differing.length > 0) report.runsDiffering++;
  report.differences.push(...differing);
  report.mostWorkLostMs = Math.max(report.mostWorkLostMs, ...lostBy(lives));
  const longest = lives.map(({ events, killedAt }) => longestOf(events, killedAt));
  report.longestPieceMs = Math.max(report.longestPieceMs, ...longest.map(({ pieceMs }) => pieceMs));
  report.longestSaveMs = Math.max(report.longestSaveMs, ...longest.map(({ saveMs }) => saveMs));
}

/** How a process is to die: by itself, at a time in milliseconds from its start, or not at all. */
interface Dying {
  death: Death | null;
  killAfter: number | null;
}
const calmly: Dying = { death: null, killAfter: null };

/** The next death, by turns in a step or an evaluation, around a file operation, or at a time; and how it is reached. */
function nextDeath({ kills }: KillReport, calm: Calm, random: () => number): Dying {
  const turn = Math.floor(kills / 3) % 4, where = random();
  const nth = (count: number) => 1 + Math.floor(where * count);
  if (kills % 3 === 2) return { death: null, killAfter: where * calm.ms };
  if (kills % 3 === 1) {
    const on = fileKinds[turn % fileKinds.length];
    return { death: { operation: nth(calm.moments[on]), on }, killAfter: null };
  }
  if (turn === 3) return { death: { evaluation: nth(evaluationBatches) }, killAfter: null };
  const [stage, steps] = killedSteps[turn];
  return { death: { stage, step: nth(steps) }, killAfter: null };
}

function killOf({ events }: End, files: Files): Kill {
  const halfWritten = [...files.keys()].some(isTemporary);
  const aimedAt = events.find(({ what }) => what === "dies")?.file ?? null;
  return { phase: phaseOf(events, halfWritten), aimedAt };
}

/** Records that are gone, or hold bytes that neither they had before nor an undisturbed training gives. */
function recordsLost(before: Files, after: Files, calm: Files): number {
  const kept = ([path, bytes]: [string, string]) =>
    after.has(path) && [bytes, calm.get(path)].includes(after.get(path));
  return [...before].filter(([path]) => isRecord(path)).filter((record) => !kept(record)).length;
}

/** Of the kills, those after which a checkpoint is cut off. */
const damagedShare = 0.15;

/** Cuts a checkpoint off somewhere, as a power cut does on a disk that reorders its writes; false if there is none. */
async function damageCheckpoint(results: string, files: Files, random: () => number): Promise<boolean> {
  const states = [...files.keys()].filter((path) => /\/stage\d-[^/]*$/.test(path));
  if (states.length === 0) return false;
  const path = states[Math.floor(random() * states.length)];
  await Deno.truncate(join(results, path), Math.floor(random() * files.get(path)!.length));
  return true;
}

const runsOfRequest = [killedRun, stage1Of(killedRun)].map((request) => {
  const { method, setting, seed } = keyOf(request);
  return runName(method, setting, seed);
});

/**
 * What is left over and, of a run that is neither the undisturbed one nor as a whole the old one, what differs from the
 * undisturbed one; by path.
 */
export function differences(ended: Files, calm: Files, old: Files | null): string[] {
  const leftOver = [...ended.keys()].filter((path) => !calm.has(path));
  const differing = runsOfRequest.flatMap((run) => {
    const [files, was] = [ofRun(ended, run), old && ofRun(old, run)];
    return was && differingPaths(files, was).length === 0 ? [] : differingPaths(files, ofRun(calm, run));
  });
  return [...new Set([...leftOver, ...differing])];
}

/** A process of a round. */
interface Life extends End {
  /** Whether a checkpoint was cut off after it. */
  damaged: boolean;
}

/** Milliseconds of training that each kill of a round cost; a damaged checkpoint's stage is not counted. */
function lostBy(lives: Life[]): number[] {
  return lives.flatMap(({ events, killedAt, damaged }, at) => {
    if (killedAt === null || damaged) return [];
    const following = lives.slice(at + 1);
    const next = following.findIndex((life) =>
      life.damaged || life.events.some(({ what }) => what === "step")
    );
    const first = following[next]?.events.find(({ what }) => what === "step") ?? null;
    return [workLost(events, killedAt, first)];
  });
}
