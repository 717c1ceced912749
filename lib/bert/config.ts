/** BERT's shape, as its `config.json` gives it. */
import { z } from "zod";
import { InputError, visible } from "../errors.ts";

/** The numbers that fix every tensor's shape. */
export interface BertConfig {
  vocabSize: number;
  hiddenSize: number;
  numLayers: number;
  numHeads: number;
  intermediateSize: number;
  maxPositions: number;
  numSegments: number;
  layerNormEpsilon: number;
}

const positive = z.int().positive();
/** The fields of a Hugging Face `config.json` that this model depends on; others are kept out of it. */
const huggingFace = z.object({
  model_type: z.literal("bert").default("bert"),
  hidden_act: z.literal("gelu").default("gelu"),
  position_embedding_type: z.literal("absolute").default("absolute"),
  vocab_size: positive,
  hidden_size: positive,
  num_hidden_layers: positive,
  num_attention_heads: positive,
  intermediate_size: positive,
  max_position_embeddings: positive,
  type_vocab_size: positive.default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
});

/** Reads the text of a `config.json`. Throws `InputError` naming the file and the field that does not fit. */
export function parseConfig(text: string, file: string): BertConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${file} is not JSON (${visible((error as Error).message)}); expected a Hugging Face BERT config.`,
    );
  }
  const parsed = huggingFace.safeParse(json);
  if (!parsed.success) {
    const { path: [key], message } = parsed.error.issues[0];
    if (key === undefined) throw new InputError(`${file} is no Hugging Face BERT config (${message}).`);
    const found = JSON.stringify((json as Record<PropertyKey, unknown>)[key]) ?? "missing";
    throw new InputError(
      `${file}: field "${String(key)}" is ${visible(found)}, not what this BERT can run (${message}).`,
    );
  }
  const c = parsed.data;
  if (c.hidden_size % c.num_attention_heads !== 0) {
    throw new InputError(
      `${file}: num_attention_heads ${c.num_attention_heads} does not divide hidden_size ${c.hidden_size}.`,
    );
  }
  return {
    vocabSize: c.vocab_size,
    hiddenSize: c.hidden_size,
    numLayers: c.num_hidden_layers,
    numHeads: c.num_attention_heads,
    intermediateSize: c.intermediate_size,
    maxPositions: c.max_position_embeddings,
    numSegments: c.type_vocab_size,
    layerNormEpsilon: c.layer_norm_eps,
  };
}

/** The inverse of `parseConfig`: what a saved checkpoint's `config.json` says, label names included. */
export function configJson(config: BertConfig, labels: string[]): Record<string, unknown> {
  return {
    architectures: ["BertForSequenceClassification"],
    model_type: "bert",
    hidden_act: "gelu",
    position_embedding_type: "absolute",
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.numLayers,
    num_attention_heads: config.numHeads,
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.maxPositions,
    type_vocab_size: config.numSegments,
    layer_norm_eps: config.layerNormEpsilon,
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}
