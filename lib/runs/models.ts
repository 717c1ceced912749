/** Trained models on disk: a Hugging Face BERT folder and, for DPBERT, `planner.safetensors` beside it. */
import { type BertConfig, type BertParams, loadBert, saveBert } from "../bert/mod.ts";
import {
  type Backbone,
  bert,
  dpbert,
  type Method,
  type Planner,
  plannerLeaves,
  randomPlanner,
} from "../methods/mod.ts";
import { disposeTree, random, readValues } from "../tensor/mod.ts";
import { type NamedValues, readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import { restore } from "../train/mod.ts";
import { InputError } from "../errors.ts";
import type { RunRequest } from "./grid.ts";
import { checkpointFolder, type RunContext } from "./run.ts";
import { numOutputs, openSources, type Sources } from "./task_data.ts";
import { join } from "node:path";

const plannerFile = (folder: string) => join(folder, "planner.safetensors");

/** Saves a trained backbone and, if there is one, its planner. */
export async function saveModel(
  folder: string,
  sources: Sources,
  params: BertParams,
  planner?: Planner,
): Promise<void> {
  if (planner) {
    const tensors = new Map<string, NamedValues>();
    for (const { path, param } of plannerLeaves(planner)) {
      tensors.set(path, { shape: param.shape, data: await readValues(param) });
    }
    await Deno.mkdir(folder, { recursive: true });
    await writeSafetensors(plannerFile(folder), tensors);
  }
  const labels = [...sources.task.classNames];
  await saveBert(folder, { config: sources.config, params, labels }, sources.vocabText);
}

/** Whether `saveModel` has finished in `folder`; it writes `vocab.txt` last. */
export async function hasModel(folder: string): Promise<boolean> {
  return await Deno.stat(join(folder, "vocab.txt")).then(() => true, () => false);
}

/** Loads a trained backbone. Throws `InputError` when the files do not fit. */
export async function loadModel(folder: string, sources: Sources): Promise<BertParams> {
  return (await loadBert(folder, numOutputs(sources.task), random(0, "unused"))).params;
}

/** Whether a planner lies beside the backbone in `folder`. */
export async function hasPlanner(folder: string): Promise<boolean> {
  return await Deno.stat(plannerFile(folder)).then(() => true, () => false);
}

/** Loads the planner of a backbone of that shape. Throws `InputError` when it is missing or has another shape. */
export async function loadPlanner(folder: string, { config }: { config: BertConfig }): Promise<Planner> {
  const { tensors } = await readSafetensors(plannerFile(folder));
  const planner = randomPlanner(config.numLayers, config.hiddenSize, random(0, "unused"));
  restore(plannerLeaves(planner), tensors);
  return planner;
}

/** A trained model, ready to run. */
export interface TrainedModel {
  sources: Sources;
  backbone: Backbone;
  planner: Planner | null;
  method: Method;
}

/** The model a finished run left behind, or null when its weights are gone. */
export async function openModel(request: RunRequest, context: RunContext): Promise<TrainedModel | null> {
  const folder = checkpointFolder(context.results, request);
  if (!await hasModel(folder)) return null;
  const sources = await openSources(request.profile, request.task, context.config);
  const backbone = {
    ops: context.backend.ops,
    config: sources.config,
    params: await loadModel(folder, sources),
  };
  if (request.method === "bert") return { sources, backbone, planner: null, method: bert(backbone) };
  if (request.method !== "dpbert") {
    throw new InputError(`A saved model of "${request.method}" cannot be opened yet.`);
  }
  const planner = await loadPlanner(folder, sources);
  return { sources, backbone, planner, method: dpbert(backbone, planner) };
}

/** Frees a model's parameters. */
export function disposeModel({ backbone, planner }: Pick<TrainedModel, "backbone" | "planner">): void {
  disposeTree(backbone.params);
  if (planner) disposeTree(planner);
}
