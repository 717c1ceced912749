/**
 * The process that `kills.ts` kills: smoke runs of all three stages, evaluation, saving and the latency pass, with a
 * log of what it does. It may be told to kill itself in the middle of a file operation, which nobody outside can aim at.
 */
import { relative } from "node:path";
import { readConfig } from "../config.ts";
import { measureMissingLatencies } from "../runs/latency/pass.ts";
import { stage1Of } from "../runs/methods/mod.ts";
import { trainRun } from "../runs/unit.ts";
import { startBackend } from "../tensor/mod.ts";
import { type ChildOrder, type FileKind, fileKind, fileKinds, type LogEvent } from "./kills_log.ts";

const epochMs = () => performance.timeOrigin + performance.now();

type OnOperation = (when: "before" | "middle" | "after", name: string, file: string) => void;

/**
 * Has `onOperation` called around every file operation that training makes: before it, after it, and in the middle of
 * a write, half of whose bytes are on their way then; of the writes to one file the first, second, fourth, eighth...,
 * since a model is hundreds of them. Files are named by their path below `results`.
 */
function watchOperations(results: string, onOperation: OnOperation): void {
  const { open, rename, remove, FsFile } = Deno, { write, sync } = FsFile.prototype;
  const place = (path: string | URL) => relative(results, String(path));
  const opened = new WeakMap<Deno.FsFile, { file: string; writes: number }>();
  const around = async <T>(name: string, file: string, work: () => Promise<T>): Promise<T> => {
    onOperation("before", name, file);
    const result = await work();
    onOperation("after", name, file);
    return result;
  };
  Deno.open = async (path, options) => {
    const file = await open(path, options);
    opened.set(file, { file: place(path), writes: 0 });
    return file;
  };
  Deno.rename = (from, to) => around("rename", place(to), () => rename(from, to));
  Deno.remove = (path, options) => around("remove", place(path), () => remove(path, options));
  FsFile.prototype.sync = function () {
    return around("sync", opened.get(this)?.file ?? "", () => sync.call(this));
  };
  FsFile.prototype.write = async function (bytes) {
    const known = opened.get(this);
    if (!known || !Number.isInteger(Math.log2(++known.writes))) return await write.call(this, bytes);
    const half = await write.call(this, bytes.subarray(0, bytes.length >> 1));
    onOperation("middle", "write", known.file);
    return half + await write.call(this, bytes.subarray(half));
  };
}

async function live(
  { results, log, life, death, fresh, backend: backendName, checkpointEvery, request }: ChildOrder,
): Promise<void> {
  const tell = (event: Partial<LogEvent>) =>
    Deno.writeTextFileSync(log, JSON.stringify({ life, at: epochMs(), ...event }) + "\n", { append: true });
  const dieIf = (now: boolean, moment: string) => {
    if (!now) return;
    tell({ what: "dies", file: moment });
    Deno.kill(Deno.pid, "SIGKILL");
  };
  const wanted = { stage: "", step: 0, evaluation: 0, operation: 0, on: "", ...death };
  const moments = Object.fromEntries(fileKinds.map((kind) => [kind, 0])) as Record<FileKind, number>;
  let pauses = 0, batches = 0, begun = false;
  watchOperations(results, (when, name, file) => {
    if (when === "after") tell({ what: name, file });
    const kind = fileKind(file), nth = ++moments[kind];
    dieIf(kind === wanted.on && nth === wanted.operation, `${when} ${name} ${file}`);
  });
  const backend = await startBackend(backendName, { blas: "off" });
  tell({ what: "ready" });
  const context = {
    config: readConfig({}),
    backend,
    results,
    checkpointEvery,
    now: () => {
      // The first look at the clock is the beginning of a stage.
      if (!begun) tell({ what: "begin" });
      begun = true;
      return performance.now();
    },
    shouldStop: () => {
      tell({ what: "pause" });
      // A step has one pause after it, a batch of an evaluation as well.
      if (++pauses > 1) dieIf(++batches === wanted.evaluation, "a batch of an evaluation");
      return false;
    },
    onProgress: (run: string, { stage, step }: { stage: string; step: number }) => {
      pauses = 0;
      tell({ what: "step", run, stage, step });
      dieIf(stage === wanted.stage && step >= wanted.step, `step ${step} of ${stage}`);
    },
  };
  const requests = [stage1Of(request), request];
  for (const one of requests) await trainRun(one, { ...context, fresh });
  tell({ what: "latencies" });
  await measureMissingLatencies(requests, context);
  tell({ what: "done", moments });
}

if (import.meta.main) await live(JSON.parse(Deno.args[0]));
