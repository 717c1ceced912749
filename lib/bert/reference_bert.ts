/**
 * A BERT in float64 on plain arrays, under Hugging Face's names, and folders of such weights: what tests compare the
 * encoder with. It shares no code with the encoder.
 */
import { addLayerNorm, attention, gelu, linear } from "../tensor/composed_reference.ts";
import { random } from "../tensor/mod.ts";
import { type NamedValues, writeSafetensors } from "../tensor/safetensors.ts";
import { type BertConfig, configJson } from "./config.ts";

/** Weights by Hugging Face's names, without the `bert.` prefix. */
export type Weights = Map<string, NamedValues>;

/** Small weights, LayerNorms and biases included, so that every tensor matters. */
export function randomWeights(config: BertConfig, numOutputs: number, seed = 0): Weights {
  const { hiddenSize: h, intermediateSize: inner } = config;
  const weights: Weights = new Map();
  const put = (name: string, shape: number[], centre = 0) => {
    const rng = random(seed, name), size = shape.reduce((a, b) => a * b);
    weights.set(name, { shape, data: Float32Array.from({ length: size }, () => centre + rng() - 0.5) });
  };
  const dense = (name: string, out: number, inputs: number) => {
    put(`${name}.weight`, [out, inputs]);
    put(`${name}.bias`, [out]);
  };
  const norm = (name: string) => {
    put(`${name}.weight`, [h], 1);
    put(`${name}.bias`, [h]);
  };
  put("embeddings.word_embeddings.weight", [config.vocabSize, h]);
  put("embeddings.position_embeddings.weight", [config.maxPositions, h]);
  put("embeddings.token_type_embeddings.weight", [config.numSegments, h]);
  norm("embeddings.LayerNorm");
  for (let layer = 0; layer < config.numLayers; layer++) {
    const at = `encoder.layer.${layer}`;
    for (const part of ["query", "key", "value"]) dense(`${at}.attention.self.${part}`, h, h);
    dense(`${at}.attention.output.dense`, h, h);
    norm(`${at}.attention.output.LayerNorm`);
    dense(`${at}.intermediate.dense`, inner, h);
    dense(`${at}.output.dense`, h, inner);
    norm(`${at}.output.LayerNorm`);
  }
  dense("pooler.dense", h, h);
  dense("classifier", numOutputs, h);
  return weights;
}

/** What the reference computes: h^0 ... h^L (each [B, T, H], flat), the pooled output [B, H] and logits [B, C]. */
export interface ReferenceOutputs {
  hidden: number[][];
  pooled: number[];
  logits: number[];
}

/** The forward pass. tokenIds, segmentIds and mask are [size, length], flat. */
export function referenceForward(
  config: BertConfig,
  weights: Weights,
  batch: {
    tokenIds: ArrayLike<number>;
    segmentIds: ArrayLike<number>;
    mask: ArrayLike<number>;
    size: number;
  },
): ReferenceOutputs {
  const { hiddenSize: h, numHeads, layerNormEpsilon } = config;
  const tensor = (name: string) => [...weights.get(name)!.data];
  const dense = (x: number[], name: string) => linear(x, tensor(`${name}.weight`), tensor(`${name}.bias`));
  const addNorm = (x: number[], residual: number[], name: string) =>
    addLayerNorm(x, residual, tensor(`${name}.weight`), tensor(`${name}.bias`), layerNormEpsilon);
  const tokens = batch.tokenIds.length, length = tokens / batch.size;
  const table = (name: string, id: number) => tensor(`${name}.weight`).slice(id * h, (id + 1) * h);

  const embedded = Array.from({ length: tokens }, (_, at) => {
    const word = table("embeddings.word_embeddings", batch.tokenIds[at]);
    const position = table("embeddings.position_embeddings", at % length);
    const segment = table("embeddings.token_type_embeddings", batch.segmentIds[at]);
    return word.map((x, i) => x + position[i] + segment[i]);
  }).flat();
  let states = addNorm(embedded, embedded.map(() => 0), "embeddings.LayerNorm");
  const hidden = [states];
  for (let layer = 0; layer < config.numLayers; layer++) {
    const at = `encoder.layer.${layer}`;
    const [q, k, v] = ["query", "key", "value"].map((part) => dense(states, `${at}.attention.self.${part}`));
    const qkv = Array.from(
      { length: tokens },
      (_, t) => [q, k, v].flatMap((x) => x.slice(t * h, (t + 1) * h)),
    ).flat();
    const context = attention(qkv, [...Array.from(batch.mask)], batch.size, numHeads);
    const attended = addNorm(
      dense(context, `${at}.attention.output.dense`),
      states,
      `${at}.attention.output.LayerNorm`,
    );
    const inner = dense(attended, `${at}.intermediate.dense`).map(gelu);
    states = addNorm(dense(inner, `${at}.output.dense`), attended, `${at}.output.LayerNorm`);
    hidden.push(states);
  }
  const cls = Array.from(
    { length: batch.size },
    (_, row) => states.slice(row * length * h, row * length * h + h),
  ).flat();
  const pooled = dense(cls, "pooler.dense").map(Math.tanh);
  return { hidden, pooled, logits: dense(pooled, "classifier") };
}

/** Writes `weights` as a folder with `config.json` and `model.safetensors`; `fields` override the config's. */
export async function writeFolder(
  folder: string,
  config: BertConfig,
  weights: Weights,
  { dtype = "F32" as "F32" | "F16", fields = {} as Record<string, unknown> } = {},
): Promise<void> {
  await Deno.writeTextFile(
    `${folder}/config.json`,
    JSON.stringify({ ...configJson(config, []), ...fields }),
  );
  await writeSafetensors(`${folder}/model.safetensors`, weights, {}, { dtype });
}
