/** What the processes that are killed write down, and what it says about a kill: in which phase, how much work lost. */
import type { RunRequest } from "../runs/grid/grid.ts";

/**
 * A moment that nobody outside could aim at: in a step of a stage (that one or the first after it), between two batches
 * of an evaluation, or around a file operation, the n-th from 1 on files of a kind.
 */
export type Death =
  | { stage: string; step: number }
  | { evaluation: number }
  | { operation: number; on: FileKind };

/** Kinds of files that a run writes. */
export const fileKinds = ["state", "model", "results"] as const;
/** One of `fileKinds`. */
export type FileKind = (typeof fileKinds)[number];

/** The kind of the file at a path below the results; a run's lock counts as its state. */
export function fileKind(path: string): FileKind {
  if (/\/(runs|timings|paths|curves)\//.test(path)) return "results";
  return /\/\.?(config|model|planner|tokenizer_config|vocab)\.[^/]*$/.test(path) ? "model" : "state";
}

/** Backends that end in the same bytes after any kill. */
export type KilledBackend = "wasm" | "cpu";

/** What a child is to do. */
export interface ChildOrder {
  /** Root of its results. */
  results: string;
  /** File that it appends its events to. */
  log: string;
  /** Its number in that log. */
  life: number;
  /** The moment in which it kills itself; null: it does not. */
  death: Death | null;
  /** Whether it trains again what has a record. */
  fresh: boolean;
  /** What it computes on. */
  backend: KilledBackend;
  checkpointEvery: number;
  /** A `dpbert` run; its parent is trained first. */
  request: RunRequest;
}

/** A line of the log. */
export interface LogEvent {
  life: number;
  /** Milliseconds since 1970. */
  at: number;
  /**
   * `ready`, `begin` (of the first stage or evaluation), `step`, `pause` (between two pieces of work), `rename`,
   * `remove` (of `file`), `latencies` (their pass begins), `dies`, `done`.
   */
  what: string;
  run?: string;
  stage?: string;
  step?: number;
  /** Of `done`: moments around file operations. */
  moments?: Record<FileKind, number>;
  file?: string;
}

/** Where in a run a kill hit. */
export const phases = [
  "start-up",
  "stage 1",
  "stage 2",
  "stage 3",
  "evaluation",
  "latency pass",
  "between writes",
  "inside a write",
] as const;
/** One of `phases`. */
export type Phase = (typeof phases)[number];

/** The events of `life` in the text of a log; a line that was cut off by a kill is left out. */
export function eventsOf(log: string, life: number): LogEvent[] {
  return log.split("\n").slice(0, -1).map((line) => JSON.parse(line) as LogEvent)
    .filter((event) => event.life === life);
}

const isState = ({ file = "" }: LogEvent) => /\/(stage\d|evaluation|begun-by)-[^/]*$/.test(file);

/** The phase in which a process with those events was killed; `halfWritten`: it left a temporary file. */
export function phaseOf(events: LogEvent[], halfWritten: boolean): Phase {
  if (halfWritten) return "inside a write";
  const told = events.filter((event) => !["dies", "begin"].includes(event.what) && !isState(event));
  const last = told.at(-1), before = told.at(-2);
  if (!last || last.what === "ready") return "start-up";
  if (["rename", "remove", "sync"].includes(last.what)) return "between writes";
  if (told.some(({ what }) => what === "latencies")) return "latency pass";
  if (last.what === "step") return last.stage as Phase;
  return before?.what === "step" ? before.stage as Phase : "evaluation";
}

const isStep = ({ what }: LogEvent) => what === "step";
const isPiece = ({ what }: LogEvent) => what === "step" || what === "pause";
/** From these moments on nothing before them has to be done again. */
const isKept = (event: LogEvent) =>
  event.what === "begin" || (event.what === "rename" && (isState(event) || isRecord(event)));
const isRecord = ({ file = "" }: LogEvent) => /\/runs\/.*\.json$/.test(file);

/**
 * Milliseconds of training and evaluation that a process had done in vain when it was killed at `killedAt`: since its
 * last save, or since the one before that if the next process repeated a step. `next`: the first step of the next
 * process that trained, null if none had to.
 */
export function workLost(events: LogEvent[], killedAt: number, next: LogEvent | null): number {
  const isRepeated = ({ run, stage, step }: LogEvent) =>
    run === next?.run && stage === next?.stage && step! >= next!.step!;
  const repeated = events.findIndex((event) => isStep(event) && isRepeated(event));
  const kept = events.slice(0, repeated < 0 ? undefined : repeated).findLast(isKept);
  if (!kept) return 0;
  return events.some((event) => isPiece(event) && event.at > kept.at) ? killedAt - kept.at : 0;
}

/** Milliseconds of the longest pieces of a process. */
export interface Longest {
  /** A step or batch of an evaluation, also one that a kill cut off, with what lies between it and the one before. */
  pieceMs: number;
  /** A save. */
  saveMs: number;
}

/** The longest pieces among `events`; `killedAt`: when the process was killed, null if it was not. */
export function longestOf(events: LogEvent[], killedAt: number | null): Longest {
  const marks = events.filter((event) => isPiece(event) || isKept(event));
  const spans = marks.slice(1).map((mark, before) => ({ mark, ms: mark.at - marks[before].at }));
  const longest = (ms: number[]) => Math.max(0, ...ms);
  const cutOff = killedAt === null || marks.length === 0 ? 0 : killedAt - marks.at(-1)!.at;
  return {
    pieceMs: longest([...spans.filter(({ mark }) => isPiece(mark)).map(({ ms }) => ms), cutOff]),
    saveMs: longest(spans.filter(({ mark }) => !isPiece(mark)).map(({ ms }) => ms)),
  };
}
