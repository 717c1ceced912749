/**
 * Which backend serves. `auto` decides by measurement (design decision 2): where a real GPU is found, it and the CPU
 * each do a few steps of the very shape to be trained; the outcome is kept for this machine and shape.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { writeAtomic } from "../atomic.ts";
import { type StepShape, trainingStepMs } from "../bench/training_step.ts";
import type { Config } from "../config.ts";
import { machine } from "../runs/environment.ts";
import { type Recipe, recipeFor, type Settings } from "../runs/recipe.ts";
import { openSources, type Sources } from "../runs/task_data.ts";
import { type Backend, type BackendName, startBackend, webgpuAdapter } from "../tensor/mod.ts";

const cacheFile = fileURLToPath(new URL("../../data/.cache/backend.json", import.meta.url));

/** Typical tokens of a GLUE row; the choice does not hang on the exact number. */
const typicalTokens = 48;

/** The step a recipe trains, for measuring. */
export function stepShape({ config }: Sources, { maxLength, stage1 }: Recipe): StepShape {
  const { batchSize, trainEmbeddings } = stage1;
  return { config, batchSize, tokens: Math.min(maxLength, typicalTokens), trainEmbeddings };
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

/** Starts the backend that `DPB_BACKEND` names, or the one `auto` finds for `shape`. Throws `InputError` if it cannot. */
export async function chooseBackend(
  config: Pick<Config, "backend" | "blas" | "simd">,
  shape: StepShape,
  say: (line: string) => void,
): Promise<Backend> {
  const start = (name: BackendName) => startBackend(name, config);
  if (config.backend !== "auto") return await start(config.backend);
  const adapter = await webgpuAdapter();
  if (!adapter || adapter.isFallback) return await start("wasm");
  const key = createHash("sha256").update(
    JSON.stringify([machine(), adapter, config.blas, config.simd, shape]),
  ).digest(
    "hex",
  );
  const choices = await cachedChoices();
  if (!choices[key]) {
    const stepMs = async (name: BackendName) =>
      await trainingStepMs(await start(name), shape, () => performance.now());
    choices[key] = await fasterBackend(["webgpu", "wasm"], stepMs, say);
    await writeAtomic(cacheFile, JSON.stringify(choices, null, 2) + "\n");
  }
  return await start(choices[key]);
}

/** The backend for the runs of a profile on `task`. Throws `InputError` when the task's files or weights are missing. */
export async function backendFor(
  config: Config,
  { profile, task, settings = {} }: { profile: string; task: string; settings?: Settings },
  say: (line: string) => void = () => {},
): Promise<Backend> {
  const sources = await openSources(profile, task, config);
  return await chooseBackend(config, stepShape(sources, recipeFor(profile, task, settings)), say);
}
