/** Trains many runs, several at once, each as a process of its own; one that fails does not stop the others. */
import type { Config } from "../config.ts";
import { InputError } from "../errors.ts";
import type { Expected } from "../runs/schedule/estimate.ts";
import { finishedRuns } from "../runs/finished/finished.ts";
import { keyOf, type RunRequest } from "../runs/grid/grid.ts";
import type { RunRecord } from "../runs/records/record.ts";
import { type RunEnd, trainScheduled } from "../runs/schedule/schedule.ts";
import { beginAfresh } from "../runs/unfinished/resume_state.ts";
import { findRecord } from "../runs/records/store.ts";
import type { Backend } from "../tensor/mod.ts";
import { Stopped } from "../train/mod.ts";
import type { progressPrinter } from "./progress.ts";
import { errorOf, followRun, reasonOf, runCommandOf, type RunExit } from "./run_child.ts";
import { summaryOf } from "./run_events.ts";
import { runTable, type TimedRun } from "./run_table.ts";

/** How to train. */
export interface TrainAllOptions {
  config: Config;
  backend: Pick<Backend, "name" | "blas">;
  /** Runs at once; their records are the same whatever it is. */
  jobs: number;
  /** Train again what has a record: all of it is forgotten first, so that going on without `fresh` mixes nothing. */
  fresh: boolean;
  /** Asks the runs to save and stop. */
  stop: AbortSignal;
  printer: ReturnType<typeof progressPrinter>;
  /** Told what is to be trained before any of it is, where there is something; answers how long each will take, if it can. */
  onWaiting?(requests: RunRequest[]): Promise<Expected | null>;
  /** Milliseconds from an arbitrary origin. */
  now(): number;
}

const continues = "the same command (without --fresh) continues there.";

const longName = ({ task, method, seed }: RunRequest) => `${task} ${method} seed ${seed}`;

function outcomeLine(record: RunRecord): string {
  const { score, meanExecutedLayers, numLayers } = summaryOf(record);
  return `score ${score.toFixed(1)} at ${meanExecutedLayers.toFixed(2)} of ${numLayers} layers`;
}

/**
 * Trains every request that has no record yet, in their order as far as `jobs` at once allow. Returns what failed, a
 * line each. Throws `Stopped` when the user stopped it, after the running ones have saved.
 */
export async function trainAll(requests: readonly RunRequest[], options: TrainAllOptions): Promise<string[]> {
  const session = openSession(requests, options), { table: { runs }, failures } = session;
  const { jobs, stop } = options;
  if (options.fresh) await forgetAll(session, options);
  else await findFinished(session, options);
  const waiting = runs.filter(({ state }) => state === "waiting").map(({ request }) => request);
  if (waiting.length > 0 && !stop.aborted) {
    const expected = await options.onWaiting?.(waiting);
    if (expected) session.table.expect(expected);
  }
  await trainScheduled(runs, {
    jobs,
    start: (run) => trainOne(run, session, options),
    onOrphan: (run, lost) =>
      session.end(run, "orphaned", `not run, because ${longName(lost.request)}, which it needs, failed`),
    shouldStop: () => stop.aborted,
  });
  if (runs.some(({ state }) => state === "waiting")) {
    const over = runs.filter(({ state }) => state !== "waiting").length;
    throw new Stopped(`Stopped with ${over} of ${runs.length} runs done; ${continues}`);
  }
  return failures;
}

/** What is shown of the runs, and what became of them. */
function openSession(requests: readonly RunRequest[], { jobs, printer, now }: TrainAllOptions) {
  const table = runTable(requests, jobs, printer, now), failures: string[] = [];
  let over = 0;
  return {
    table,
    failures,
    end(run: TimedRun, state: "finished" | "failed" | "orphaned", text: string): void {
      const name = longName(run.request), verb = state === "failed" ? " failed" : "";
      run.state = state;
      if (state !== "finished") failures.push(`${name}: ${text}`);
      table.note(`[${++over}/${requests.length}] ${name}${verb}: ${text}`);
    },
  };
}

type Session = ReturnType<typeof openSession>;

/** Ends the runs that need no process, since their records answer them; and those whose files cannot be read. */
async function findFinished({ table, end }: Session, { config, stop }: TrainAllOptions): Promise<void> {
  const finished = finishedRuns({ config, results: config.results });
  for (const run of table.runs) {
    if (stop.aborted) return;
    try {
      const record = await finished(run.request);
      if (record) end(run, "finished", outcomeLine(record));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      end(run, "failed", error.message);
    }
  }
}

/** Begins every run anew, before any trains; those whose files cannot be used have failed. */
async function forgetAll({ table, end }: Session, { config, stop }: TrainAllOptions): Promise<void> {
  for (const run of table.runs) {
    try {
      await beginAfresh(config.results, run.request, { onNote: table.note, shouldStop: () => stop.aborted });
    } catch (error) {
      if (error instanceof Stopped) throw new Stopped("Stopped before any run began; nothing was trained.");
      if (!(error instanceof InputError)) throw error;
      end(run, "failed", error.message);
    }
  }
}

/** Trains a run in its process. What cannot be read afterwards is that run's failure, not the others'. */
async function trainOne(run: TimedRun, session: Session, options: TrainAllOptions): Promise<RunEnd> {
  try {
    return await trainInProcess(run, session, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    session.end(run, "failed", error.message);
    return "failed";
  }
}

async function trainInProcess(
  run: TimedRun,
  { table, end }: Session,
  options: TrainAllOptions,
): Promise<RunEnd> {
  const { request } = run, { config, stop } = options;
  table.started(run);
  const exit = await followRun(runCommandOf(request, options), stop, (event) => {
    if (event.event === "step") table.step(run, event);
    else if (event.event === "note") table.note(`${request.task}: ${event.text}`);
  });
  const how = endOf(exit, stop);
  if (how === "stopped") {
    table.stopped(run);
    table.note(`${longName(request)}: ${errorOf(exit) ?? "Stopped."}`);
  }
  if (how === "failed") {
    if (exit.stderr.includes("\n    at ")) table.note(exit.stderr.trim()); // our mistake: its stack is wanted
    end(run, how, reasonOf(exit));
  }
  if (how === "finished") {
    const record = await findRecord(config.results, keyOf(request));
    if (!record) throw new InputError("Its record is gone. Run the same command again.");
    table.finished(run);
    end(run, how, outcomeLine(record));
  }
  return how;
}

function endOf({ code, signal }: RunExit, stop: AbortSignal): RunEnd {
  if (code === 0) return "finished";
  return stop.aborted && (code === 130 || signal !== null) ? "stopped" : "failed";
}
