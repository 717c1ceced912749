/** A smoke run of a few steps in a folder of its own, for tests of what reads saved models. */
import { readConfig } from "../config.ts";
import { startBackend } from "../tensor/mod.ts";
import type { RunRequest } from "./grid/grid.ts";
import { keyOf } from "./grid/grid.ts";
import type { RunRecord } from "./records/record.ts";
import { type RunPaths, runPaths } from "./records/store.ts";
import { trainRun } from "./unit.ts";

/** A trained run and where it lies. */
export interface ExampleRun {
  request: RunRequest;
  record: RunRecord;
  paths: RunPaths;
  /** Root of the results. */
  results: string;
}

/** Trains `method` on the smoke rows of `task` for a few steps per stage into `results`. */
export async function trainExample(results: string, task: string, method = "dpbert"): Promise<ExampleRun> {
  const stage1 = { epochs: 1 };
  const settings = method === "bert"
    ? stage1
    : { ...stage1, targetRate: 0.6, "stage2.steps": 2, "stage3.steps": 4 };
  const request = { profile: "smoke", task, method, settings, seed: 0 };
  const backend = await startBackend("wasm", { blas: Deno.env.get("DPB_BLAS") ?? "auto" });
  const record = await trainRun(request, { config: readConfig({}), backend, results, now: () => 0 });
  return { request, record, paths: runPaths(results, keyOf(request)), results };
}

/** Runs `body` with a trained run; everything it left is removed. */
export async function withExample(task: string, body: (run: ExampleRun) => Promise<void>): Promise<void> {
  const results = await Deno.makeTempDir();
  try {
    await body(await trainExample(results, task));
  } finally {
    await Deno.remove(results, { recursive: true });
  }
}

/** Copies the files of `from` into the new folder `to`. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
