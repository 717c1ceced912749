/**
 * Which backend serves. `auto` decides by measurement: where a real GPU is found, it and the CPU
 * each do a few steps of the very shape to be trained; the outcome is kept for this machine and shape.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { writeAtomic } from "../files/atomic.ts";
import { type StepShape, trainingStepMs } from "../bench/training_step.ts";
import type { Config } from "../config.ts";
import { machine } from "../runs/records/environment.ts";
import { largestBatch } from "../runs/schedule/needs.ts";
import { type Recipe, recipeFor, type Settings } from "../runs/recipe.ts";
import type { Sources } from "../runs/sources/sources.ts";
import { openSources } from "../runs/sources/task_data.ts";
import { type Backend, type BackendName, startBackend, webgpuAdapter } from "../tensor/mod.ts";

const cacheFile = fileURLToPath(new URL("../../data/.cache/backend.json", import.meta.url));

/** Typical tokens of a GLUE row; the choice does not hang on the exact number. */
const typicalTokens = 48;

/** The largest step that a recipe trains, for measuring. */
export function stepShape({ config }: Pick<Sources, "config">, recipe: Recipe): StepShape {
  const { maxLength, stage1: { trainEmbeddings } } = recipe, tokens = Math.min(maxLength, typicalTokens);
  return { config, batchSize: largestBatch(recipe), tokens, trainEmbeddings };
}

async function cachedChoices(): Promise<Record<string, BackendName>> {
  const text = await Deno.readTextFile(cacheFile).catch(() => "{}");
  try {
    return JSON.parse(text);
  } catch {
    return {}; // measured again
  }
}

/** The backend whose step takes less time; the first of equals. */
export async function fasterBackend(
  names: readonly BackendName[],
  stepMs: (name: BackendName) => Promise<number>,
  say: (line: string) => void,
): Promise<BackendName> {
  let best: { name: BackendName; ms: number } | null = null;
  for (const name of names) {
    const ms = await stepMs(name);
    say(`one training step on ${name}: ${ms.toFixed(0)} ms`);
    if (!best || ms < best.ms) best = { name, ms };
  }
  return best!.name;
}

/** What `chooseBackend` would start and why; `name` is null where it would measure first. */
export interface PlannedBackend {
  name: BackendName | null;
  why: string;
  /** Under which the outcome of a measurement is kept. */
  key: string;
}

/** Decides as `chooseBackend` does, as far as that is possible without measuring. */
export async function plannedBackend(
  config: Pick<Config, "backend" | "blas" | "simd">,
  shape: StepShape,
): Promise<PlannedBackend> {
  if (config.backend !== "auto") return { name: config.backend, why: "DPB_BACKEND names it", key: "" };
  const adapter = await webgpuAdapter();
  if (!adapter) return { name: "wasm", why: "there is no WebGPU adapter", key: "" };
  if (adapter.isFallback) {
    return { name: "wasm", why: `the WebGPU adapter is a software one, ${adapter.description}`, key: "" };
  }
  const decisive = JSON.stringify([machine(), adapter, config.blas, config.simd, shape]);
  const key = createHash("sha256").update(decisive).digest("hex");
  const name = (await cachedChoices())[key] ?? null;
  const why = name
    ? "it was the faster one when measured here"
    : "not measured yet on this machine and shape";
  return { name, why, key };
}

/** Starts the backend that `DPB_BACKEND` names, or the one `auto` finds for `shape`. Throws `InputError` if it cannot. */
export async function chooseBackend(
  config: Pick<Config, "backend" | "blas" | "simd">,
  shape: StepShape,
  say: (line: string) => void,
): Promise<Backend> {
  const start = (name: BackendName) => startBackend(name, config);
  const planned = await plannedBackend(config, shape);
  if (planned.name) return await start(planned.name);
  const stepMs = async (name: BackendName) =>
    await trainingStepMs(await start(name), shape, () => performance.now());
  const faster = await fasterBackend(["webgpu", "wasm"], stepMs, say);
  const choices = { ...await cachedChoices(), [planned.key]: faster };
  await writeAtomic(cacheFile, JSON.stringify(choices, null, 2) + "\n");
  return await start(faster);
}

/**
 * The backend for the runs of a profile on `task`; `method` is null where they are of several. Throws `InputError` when
 * the task's files or weights are missing.
 */
export async function backendFor(
  config: Config,
  { profile, task, method, settings = {} }: {
    profile: string;
    task: string;
    method: string | null;
    settings?: Settings;
  },
  say: (line: string) => void = () => {},
): Promise<Backend> {
  const sources = await openSources(profile, task, config);
  return await chooseBackend(config, stepShape(sources, recipeFor(profile, task, method, settings)), say);
}
