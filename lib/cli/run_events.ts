/**
 * What a run tells the program that started it: `train --progress json` prints one event per line on stdout, as JSON.
 *
 *   {"event":"step","run":"mrpc bert-s0","stage":"stage 1","step":3,"steps":345,"loss":0.69,"examplesPerSecond":26}
 *   {"event":"note","text":"..."}                        something to know: what is continued, whom it waits for
 *   {"event":"download","name":"...","bytes":1,"size":2} what it lacked and fetches
 *   {"event":"finished","score":88.1,"meanExecutedLayers":5,"numLayers":6,"distinctPaths":1}   its record is written
 *
 * The exit code says how it ended: 0: finished; 130: stopped, the same command continues; else stderr has the reason
 * behind `error: `.
 */
import type { DownloadProgress } from "../files/download.ts";
import type { RunRecord } from "../runs/records/record.ts";
import type { StepProgress } from "./progress.ts";

/** One line. */
export type RunEvent =
  | { event: "step"; run: string } & StepProgress
  | { event: "note"; text: string }
  | { event: "download" } & DownloadProgress
  | { event: "finished" } & RunSummary;

/** What a finished run comes to. */
export interface RunSummary {
  score: number;
  meanExecutedLayers: number;
  numLayers: number;
  distinctPaths: number;
}

/** The same of a record. */
export function summaryOf({ metrics: { score }, path }: RunRecord): RunSummary {
  const { meanExecutedLayers, numLayers, distinctPaths } = path;
  return { score, meanExecutedLayers, numLayers, distinctPaths };
}

/** As the printer of `train`, for programs: hands each event to `write` as a line. */
export function eventPrinter(write: (line: string) => void = writeToStdout) {
  const tell = (event: RunEvent) => write(JSON.stringify(event) + "\n");
  return {
    step: (run: string, progress: StepProgress) => tell({ event: "step", run, ...progress }),
    note: (text: string) => tell({ event: "note", text }),
    progress: (progress: DownloadProgress) => tell({ event: "download", ...progress }),
    finished: (record: RunRecord) => tell({ event: "finished", ...summaryOf(record) }),
  };
}

function writeToStdout(line: string): void {
  const bytes = new TextEncoder().encode(line);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    // Nobody listens any more; the work is worth saving nevertheless.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** The event of a line, or null for a line that is none (a driver may print to stdout). */
export function parseEvent(line: string): RunEvent | null {
  if (!line.startsWith('{"event":')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null; // the process was killed while it wrote
  }
}
