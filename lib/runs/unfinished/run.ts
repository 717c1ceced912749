/** A run while it is being made: what it was asked, what it reads, what it has trained. */
import type { Config } from "../../config.ts";
import type { Backend } from "../../tensor/mod.ts";
import type { LoopOptions } from "../../train/mod.ts";
import { keyOf, type RunRequest } from "../grid/grid.ts";
import type { TrainedModel } from "../models.ts";
import type { Recipe } from "../recipe.ts";
import type { RunRecord } from "../records/record.ts";
import { runPaths } from "../records/store.ts";
import type { Sources } from "../sources/sources.ts";
import type { TaskData } from "../sources/task_data.ts";

/** What a run needs from its caller. */
export interface RunContext {
  config: Config;
  backend: Backend;
  /** Root of records (`<results>/<profile>/...`). */
  results: string;
  now(): number;
  /** Milliseconds of work that a kill may cost; a minute. */
  checkpointEvery?: number;
  shouldStop?(): boolean;
  onProgress?(run: string, progress: Parameters<NonNullable<LoopOptions["onProgress"]>>[0]): void;
  onNote?(text: string): void;
  /** Train again even if a record answers the request. */
  fresh?: boolean;
}

/** What stays the same over one run. */
export interface Run {
  request: RunRequest;
  name: string;
  recipe: Recipe;
  sources: Sources;
  data: TaskData;
  hash: string;
  /** Of the code as it stood when the run began; of all versions that had a part in it, if it was continued. */
  provenance: RunRecord["provenance"];
  context: RunContext;
  /** The model that another run left, trained first if it is not there. Whoever asks frees it. */
  openOther(request: RunRequest): Promise<TrainedModel>;
}

/** The folder of a run's final weights and checkpoints (never tracked). */
export function checkpointFolder(results: string, request: RunRequest): string {
  return runPaths(results, keyOf(request)).checkpoint;
}

/** Held by whoever writes a file of the run. */
export function lockFile(results: string, request: RunRequest): string {
  return `${checkpointFolder(results, request)}.lock`;
}
