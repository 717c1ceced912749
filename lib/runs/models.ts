/** Trained models on disk: a Hugging Face BERT folder and, for DPBERT, `planner.safetensors` beside it. */
import { writeAtomic } from "../files/atomic.ts";
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
import { disposeTree, type Leaf, random, readValues } from "../tensor/mod.ts";
import {
  type NamedValues,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../tensor/safetensors.ts";
import { restore } from "../train/mod.ts";
import { InputError } from "../errors.ts";
import type { RunRequest } from "./grid.ts";
import { checkpointFolder, type RunContext } from "./run.ts";
import { numOutputs, type Sources } from "./sources.ts";
import { openSources } from "./task_data.ts";
import { join } from "node:path";

const plannerFile = (folder: string) => join(folder, "planner.safetensors");

const lastFile = (folder: string) => join(folder, "vocab.txt");

/**
 * Saves a trained backbone and, if there is one, its planner. Until all of it is written there is no model, not even
 * one that lay there before: a kill must not leave one training's planner with another's backbone.
 */
export async function saveModel(
  folder: string,
  sources: Sources,
  params: BertParams,
  planner?: Planner,
): Promise<void> {
  await removeModel(folder);
  if (planner) {
    const tensors = new Map<string, NamedValues>();
    for (const { path, param } of plannerLeaves(planner)) {
      tensors.set(path, { shape: param.shape, data: await readValues(param) });
    }
    await writeSafetensors(plannerFile(folder), tensors);
  }
  // Without it a cased model, opened again, would be given lower-cased texts.
  const { lowerCase, stripAccents } = sources.wordPiece;
  const tokenizer = { do_lower_case: lowerCase, strip_accents: stripAccents };
  await writeAtomic(join(folder, "tokenizer_config.json"), JSON.stringify(tokenizer, null, 2) + "\n");
  const labels = [...sources.task.classNames];
  await saveBert(folder, { config: sources.config, params, labels }, sources.vocabText);
}

/** From here on there is no model in `folder`; what was one lies there until it is written over. */
export async function removeModel(folder: string): Promise<void> {
  await Deno.remove(lastFile(folder)).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** Whether `saveModel` has finished in `folder`; it removes `vocab.txt` first and writes it last. */
export async function hasModel(folder: string): Promise<boolean> {
  return await Deno.stat(lastFile(folder)).then(() => true, () => false);
}

/** Loads a trained backbone. Throws `InputError` when the files do not fit. */
export async function loadModel(folder: string, sources: Sources): Promise<BertParams> {
  return (await loadBert(folder, numOutputs(sources.task), random(0, "unused"))).params;
}

/** Whether a planner lies beside the backbone in `folder`. */
export async function hasPlanner(folder: string): Promise<boolean> {
  return await Deno.stat(plannerFile(folder)).then(() => true, () => false);
}

/**
 * Loads the planner of a backbone of that shape. Throws `InputError` naming file and tensor when it is missing, has
 * another shape or holds what is no finite number.
 */
export async function loadPlanner(folder: string, { config }: { config: BertConfig }): Promise<Planner> {
  const file = plannerFile(folder), { tensors } = await readSafetensors(file);
  const planner = randomPlanner(config.numLayers, config.hiddenSize, random(0, "unused"));
  const found = plannerMisfit(plannerLeaves(planner), tensors);
  if (found) {
    disposeTree(planner);
    const { numLayers, hiddenSize } = config;
    throw new InputError(
      `${file} ${found}; expected the planner of ${numLayers} layers of width ${hiddenSize}.`,
    );
  }
  restore(plannerLeaves(planner), tensors);
  return planner;
}

function plannerMisfit(leaves: Leaf[], tensors: ReadonlyMap<string, StoredTensor>): string | null {
  const missing = leaves.find(({ path }) => !tensors.has(path));
  if (missing) return `lacks the tensor "${missing.path}"`;
  for (const [name, { shape, data }] of tensors) {
    const leaf = leaves.find(({ path }) => path === name);
    if (!leaf) return `holds a tensor "${name}"`;
    if (leaf.param.shape.join() !== shape.join()) return `holds "${name}" of shape [${shape}]`;
    if (!data?.every(Number.isFinite)) return `holds something other than finite numbers in "${name}"`;
  }
  return null;
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
  if (!["bert", "dpbert"].includes(request.method)) {
    throw new InputError(`A saved model of "${request.method}" cannot be opened yet.`);
  }
  const sources = await openSources(request.profile, request.task, context.config);
  const backbone = {
    ops: context.backend.ops,
    config: sources.config,
    params: await loadModel(folder, sources),
  };
  if (request.method === "bert") return { sources, backbone, planner: null, method: bert(backbone) };
  const planner = await freedOnError({ backbone, planner: null }, () => loadPlanner(folder, sources));
  return { sources, backbone, planner, method: dpbert(backbone, planner) };
}

/** Does `work`, which takes a model along to its result; without one, the model is freed. */
export async function freedOnError<T>(
  model: Pick<TrainedModel, "backbone" | "planner">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    disposeModel(model);
    throw error;
  }
}

/** Frees a model's parameters. */
export function disposeModel({ backbone, planner }: Pick<TrainedModel, "backbone" | "planner">): void {
  disposeTree(backbone.params);
  if (planner) disposeTree(planner);
}
