/** Models and their folders: a Hugging Face BERT and, beside it, a file for each part that a method adds. */
import { writeAtomic } from "../files/atomic.ts";
import { type BertConfig, type BertParams, loadBert, saveBert } from "../bert/mod.ts";
import type { Backbone, Method, MethodFor, OffRamps, Planner } from "../methods/mod.ts";
import { disposeTree, type Leaf, leaves, type Random, random, readValues } from "../tensor/mod.ts";
import {
  type NamedValues,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../tensor/safetensors.ts";
import { restore } from "../train/mod.ts";
import { InputError } from "../errors.ts";
import { numOutputs, type Sources } from "./sources/sources.ts";
import { join } from "node:path";

/** Parameters that a method has beside its backbone's. Each is a file of its name. */
export interface Parts {
  planner?: Planner;
  offRamps?: OffRamps;
}

/** A backbone with its parts. */
export interface Model {
  backbone: Backbone;
  parts: Parts;
}

/** A trained model, ready to run. */
export interface TrainedModel extends Model {
  sources: Sources;
  /** Its method, on any operations. */
  methodFor: MethodFor;
  /** Its method on the backbone's own. */
  method: Method;
}

/** What decides a part's shape. */
export interface PartShape {
  config: BertConfig;
  numOutputs: number;
}

/** How each part of a method is drawn. */
export type PartMakers = {
  readonly [Part in keyof Parts]?: (shape: PartShape, rng: Random) => NonNullable<Parts[Part]>;
};

/** Draws the parts of a method; `rng` gives each its own stream. */
export function makeParts(makers: PartMakers, shape: PartShape, rng: (part: string) => Random): Parts {
  const made = Object.entries(makers).map(([part, make]) => [part, make(shape, rng(part))]);
  return Object.fromEntries(made);
}

const partFile = (folder: string, part: string) => join(folder, `${part}.safetensors`);

/** The leaves of a part under names of their own, e.g. `planner.3.weight`. */
const partLeaves = (parts: Parts, part: keyof Parts): Leaf[] => leaves(parts[part], part);

const namesOf = (parts: Parts) => Object.keys(parts) as (keyof Parts)[];

const lastFile = (folder: string) => join(folder, "vocab.txt");

/**
 * Saves a trained backbone and its parts. Until all of it is written there is no model, not even
 * one that lay there before: a kill must not leave one training's planner with another's backbone.
 */
export async function saveModel(
  folder: string,
  sources: Sources,
  params: BertParams,
  parts: Parts = {},
): Promise<void> {
  await removeModel(folder);
  for (const part of namesOf(parts)) {
    const tensors = new Map<string, NamedValues>();
    for (const { path, param } of partLeaves(parts, part)) {
      tensors.set(path, { shape: param.shape, data: await readValues(param) });
    }
    await writeSafetensors(partFile(folder, part), tensors);
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

/** Whether a part's file lies beside the backbone in `folder`. */
export async function hasPart(folder: string, part: keyof Parts): Promise<boolean> {
  return await Deno.stat(partFile(folder, part)).then(() => true, () => false);
}

/**
 * Loads the parts that `makers` make, of that shape. Throws `InputError` naming file and tensor when one is missing, has
 * another shape or holds what is no finite number.
 */
export async function loadParts(folder: string, makers: PartMakers, shape: PartShape): Promise<Parts> {
  const parts = makeParts(makers, shape, () => random(0, "unused"));
  try {
    for (const part of namesOf(parts)) await restorePart(partFile(folder, part), parts, part, shape);
    return parts;
  } catch (error) {
    disposeParts(parts);
    throw error;
  }
}

async function restorePart(file: string, parts: Parts, part: keyof Parts, { config }: PartShape) {
  const { tensors } = await readSafetensors(file), wanted = partLeaves(parts, part);
  const found = misfit(wanted, tensors);
  if (found) {
    const { numLayers, hiddenSize } = config;
    throw new InputError(
      `${file} ${found}; expected the ${part} of ${numLayers} layers of width ${hiddenSize}.`,
    );
  }
  restore(wanted, tensors);
}

function misfit(leaves: Leaf[], tensors: ReadonlyMap<string, StoredTensor>): string | null {
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

/** Does `work`, which takes a model along to its result; without one, the model is freed. */
export async function freedOnError<T>(model: Model, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    disposeModel(model);
    throw error;
  }
}

function disposeParts(parts: Parts): void {
  for (const part of namesOf(parts)) disposeTree(parts[part]);
}

/** Frees a model's parameters. */
export function disposeModel({ backbone, parts }: Model): void {
  disposeTree(backbone.params);
  disposeParts(parts);
}
