/**
 * BERT folders in Hugging Face's format: `config.json`, `vocab.txt`, `model.safetensors`. Foreign names die here, in
 * one rename table; a tensor that is missing, surplus or misshaped is an error that names it.
 */
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../errors.ts";
import { disposeTree, type Leaf, leaves, type Random, readValues, setValues } from "../tensor/mod.ts";
import {
  type NamedValues,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../tensor/safetensors.ts";
import { type BertConfig, configJson, parseConfig } from "./config.ts";
import { type BertParams, randomBert } from "./params.ts";

/** Our name of a module and the checkpoint's; `{}` is the layer. Several names are rows of one fused weight. */
const renames: [ours: string, theirs: string[]][] = [
  ["embeddings.word", ["embeddings.word_embeddings.weight"]],
  ["embeddings.position", ["embeddings.position_embeddings.weight"]],
  ["embeddings.segment", ["embeddings.token_type_embeddings.weight"]],
  ["embeddings.norm", ["embeddings.LayerNorm"]],
  ["layers.{}.qkv", ["query", "key", "value"].map((part) => `encoder.layer.{}.attention.self.${part}`)],
  ["layers.{}.attentionOutput", ["encoder.layer.{}.attention.output.dense"]],
  ["layers.{}.attentionNorm", ["encoder.layer.{}.attention.output.LayerNorm"]],
  ["layers.{}.intermediate", ["encoder.layer.{}.intermediate.dense"]],
  ["layers.{}.output", ["encoder.layer.{}.output.dense"]],
  ["layers.{}.outputNorm", ["encoder.layer.{}.output.LayerNorm"]],
  ["pooler", ["pooler.dense"]],
  ["classifier", ["classifier"]],
];

/** Checkpoint names of the leaf at `path`, e.g. `layers.3.qkv.bias` -> query, key and value biases of layer 3. */
function checkpointNames(path: string): string[] {
  for (const [ours, theirs] of renames) {
    const match = new RegExp(`^${ours.replace("{}", "(\\d+)")}(?<field>\\.weight|\\.bias)?$`).exec(path);
    if (match) {
      const layer = ours.includes("{}") ? match[1] : "";
      return theirs.map((name) => name.replace("{}", layer) + (match.groups?.field ?? ""));
    }
  }
  throw new Error(`No checkpoint name is known for the parameter "${path}".`);
}

/** The checkpoint's own spelling brought to one: no `bert.` prefix, LayerNorm's old gamma and beta. */
function canonicalName(name: string): string {
  return name.replace(/^bert\./, "").replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
    .replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}

/** The name `BertForSequenceClassification` knows a tensor by: the backbone under `bert.`, the classifier as it is. */
const savedName = (name: string) => name.startsWith("classifier.") ? name : `bert.${name}`;

/** Tensors that belong to other heads or repeat the configuration. */
const ignored = (name: string) => /^cls\./.test(name) || /(^|\.)position_ids$/.test(name);

/** Modules that a pre-trained checkpoint may lack as a whole; they keep their fresh values. */
const optional = (path: string, stored: Map<string, StoredTensor>) => {
  const module = /^(pooler|classifier)\./.exec(path)?.[0];
  return module !== undefined && ![...stored.keys()].some((name) => name.startsWith(module));
};

function fill(file: string, { path, param }: Leaf, stored: Map<string, StoredTensor>): void {
  const names = checkpointNames(path);
  if (optional(path, stored)) return;
  const missing = names.find((name) => !stored.has(name));
  if (missing) throw new InputError(lacks(file, missing));
  const expected = [param.shape[0] / names.length, ...param.shape.slice(1)];
  const values = new Float32Array(param.size);
  names.forEach((name, part) => {
    const { shape, data, dtype } = stored.get(name)!;
    if (!data) {
      throw new InputError(`${file}: tensor "${name}" has dtype ${dtype}, expected F32, F16 or BF16.`);
    }
    if (shape.join() !== expected.join()) {
      throw new InputError(`${file}: tensor "${name}" has shape [${shape}], expected [${expected}].`);
    }
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new InputError(
        `${file}: tensor "${name}" holds ${data[bad]} at element ${bad}, expected finite weights.`,
      );
    }
    values.set(data, part * data.length);
  });
  setValues(param, values);
}

/**
 * Refuses weights of another size than the configuration says, before parameters are made: a wrong number there must
 * not become a request for more memory than there is.
 */
function checkSizes(folder: string, config: BertConfig, stored: Map<string, StoredTensor>): void {
  const file = `${folder}/model.safetensors`;
  const word = "embeddings.word_embeddings.weight";
  const sizes: [key: string, size: number, name: string, axis: number][] = [
    ["vocab_size", config.vocabSize, word, 0],
    ["hidden_size", config.hiddenSize, word, 1],
    ["max_position_embeddings", config.maxPositions, "embeddings.position_embeddings.weight", 0],
    ["type_vocab_size", config.numSegments, "embeddings.token_type_embeddings.weight", 0],
    ["intermediate_size", config.intermediateSize, "encoder.layer.0.intermediate.dense.weight", 0],
  ];
  for (const [key, size, name, axis] of sizes) {
    const found = stored.get(name);
    if (!found) throw new InputError(lacks(file, name));
    if (found.shape[axis] !== size) {
      throw new InputError(
        `${folder}/config.json says ${key} ${size}, but tensor "${name}" of model.safetensors has shape ` +
          `[${found.shape}]. Use the two files of one model.`,
      );
    }
  }
  const last = `encoder.layer.${config.numLayers - 1}.`;
  if ([...stored.keys()].some((name) => name.startsWith(last))) return;
  throw new InputError(
    `${folder}/config.json says num_hidden_layers ${config.numLayers}, but model.safetensors has no tensor ` +
      `"${last}...". Use the two files of one model.`,
  );
}

function checkSurplus(
  file: string,
  params: Leaf[],
  stored: Map<string, StoredTensor>,
  { numLayers }: BertConfig,
): void {
  const known = new Set(params.flatMap(({ path }) => checkpointNames(path)));
  const surplus = [...stored.keys()].find((name) => !known.has(name));
  if (surplus === undefined) return;
  throw new InputError(
    `${file} holds a tensor "${surplus}" that a BERT with ${numLayers} layers has no place for.`,
  );
}

const lacks = (file: string, name: string) => `${file} lacks the tensor "${name}", which this BERT needs.`;

/** Label names that `saveBert` left; other writers' metadata says nothing to us. */
function labelsOf({ labels = "[]" }: Record<string, string>): string[] {
  try {
    const names: unknown = JSON.parse(labels);
    return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : [];
  } catch {
    return [];
  }
}

/** A loaded BERT. */
export interface LoadedBert {
  config: BertConfig;
  params: BertParams;
  /** Label names the checkpoint carries, [] if none. */
  labels: string[];
}

async function readText(file: string): Promise<string> {
  return await Deno.readTextFile(file).catch(() => {
    throw new InputError(
      `${file} cannot be read; expected a Hugging Face BERT folder (config.json, vocab.txt, model.safetensors).`,
    );
  });
}

/** Reads only the shape of the BERT in `folder`. Throws `InputError`. */
export async function readBertConfig(folder: string): Promise<BertConfig> {
  const file = `${folder}/config.json`;
  return parseConfig(await readText(file), file);
}

/**
 * Loads the BERT in `folder` with a classifier of `numOutputs` outputs. A pooler or classifier that the checkpoint
 * lacks as a whole is drawn from `rng`, and named in `drawn`. Throws `InputError` naming the file and the tensor that
 * is missing, surplus, there twice or misshaped.
 */
export async function loadBert(
  folder: string,
  numOutputs: number,
  rng: Random,
): Promise<LoadedBert & { drawn: string[] }> {
  const config = await readBertConfig(folder);
  const file = `${folder}/model.safetensors`;
  const { tensors, metadata } = await readSafetensors(file);
  const stored = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    const canonical = canonicalName(name);
    if (stored.has(canonical)) {
      throw new InputError(`${file} holds "${canonical}" twice, once as "${name}"; expected one of them.`);
    }
    if (!ignored(canonical)) stored.set(canonical, tensor);
  }
  checkSizes(folder, config, stored);
  const params = randomBert(config, numOutputs, rng);
  try {
    for (const leaf of leaves(params)) fill(file, leaf, stored);
    checkSurplus(file, leaves(params), stored, config);
  } catch (error) {
    disposeTree(params);
    throw error;
  }
  const drawn = ["pooler", "classifier"].filter((module) => optional(`${module}.`, stored));
  return { config, params, labels: labelsOf(metadata), drawn };
}

/** A BERT to save; one that was only pre-trained has no classifier yet. */
export type SavedBert = Omit<LoadedBert, "params"> & {
  params: Omit<BertParams, "classifier"> & Partial<Pick<BertParams, "classifier">>;
};

/**
 * Saves the BERT as a Hugging Face folder: `config.json` with label names, `model.safetensors` (float32 unless `dtype`
 * says otherwise) and, if `vocabText` is given, `vocab.txt`. Each file appears whole or not at all. Throws `InputError`
 * when the folder cannot be written.
 */
export async function saveBert(
  folder: string,
  { config, params, labels }: SavedBert,
  vocabText?: string,
  { dtype = "F32" }: { dtype?: "F32" | "F16" } = {},
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true }).catch((error) => {
    throw new InputError(`Cannot write the model to ${folder} (${error.message}); choose another folder.`);
  });
  const tensors = new Map<string, NamedValues>();
  for (const { path, param } of leaves(params)) {
    const names = checkpointNames(path), values = await readValues(param);
    const shape = [param.shape[0] / names.length, ...param.shape.slice(1)];
    const size = param.size / names.length;
    names.forEach((name, part) =>
      tensors.set(savedName(name), { shape, data: values.subarray(part * size, (part + 1) * size) })
    );
  }
  await writeSafetensors(`${folder}/model.safetensors`, tensors, {
    format: "pt",
    labels: JSON.stringify(labels),
  }, { dtype });
  await writeAtomic(`${folder}/config.json`, JSON.stringify(configJson(config, labels), null, 2) + "\n");
  if (vocabText !== undefined) await writeAtomic(`${folder}/vocab.txt`, vocabText);
}
