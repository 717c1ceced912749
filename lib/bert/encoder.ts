/**
 * The backbone: embeddings (Eq. 1), one loop over the layers (Eq. 2), and the head. A method takes part only through
 * its gate, which receives each layer as a function and returns the next hidden state.
 */
import type { Forward, Tensor } from "../tensor/mod.ts";
import type { BertConfig } from "./config.ts";
import type { Affine, BertParams, EmbeddingParams, LayerParams } from "./params.ts";

/** Token ids, segment ids (int32) and mask (1 token, 0 padding), each [B, T]. */
export interface BatchTensors<X = Tensor> {
  tokenIds: X;
  segmentIds: X;
  positionIds: X;
  mask: X;
}

/** Computes one layer on hidden [B, T, H]; with `rows` (int32 [R]), hidden holds only those rows of the batch. */
export type RunLayer<X = Tensor> = (hidden: X, rows?: X) => X;

/** Decides, before a layer, what becomes of hidden [B, T, H]: run it, pass it on, or mix. `layer` counts from 0. */
export type Gate<X = Tensor> = (layer: number, hidden: X, run: RunLayer<X>) => X;

/** BERT itself: every layer runs. */
export const everyLayer = <X>(_layer: number, hidden: X, run: RunLayer<X>): X => run(hidden);

/** Eq. 1: word, position and segment embeddings, normalised. Returns h^0 [B, T, H]. */
export function embed<X>(
  ops: Forward<X>,
  params: EmbeddingParams,
  batch: BatchTensors<X>,
  epsilon: number,
): X {
  const places = ops.add(
    ops.embed(params.position, batch.positionIds),
    ops.embed(params.segment, batch.segmentIds),
  );
  const words = ops.embed(params.word, batch.tokenIds);
  return ops.addLayerNorm(words, places, params.norm.weight, params.norm.bias, epsilon);
}

/** One post-LN transformer layer, Trans^i of Eq. 2. hidden [B, T, H], mask [B, T]. */
export function runLayer<X>(
  ops: Forward<X>,
  params: LayerParams,
  config: BertConfig,
  hidden: X,
  mask: X,
): X {
  const linearAddNorm = (x: X, { weight, bias }: Affine, residual: X, norm: Affine) =>
    ops.linearAddLayerNorm(x, weight, bias, residual, norm.weight, norm.bias, config.layerNormEpsilon);
  const { qkv } = params;
  const context = ops.attention(ops.linear(hidden, qkv.weight, qkv.bias), mask, config.numHeads); // [B, T, H]
  const attended = linearAddNorm(context, params.attentionOutput, hidden, params.attentionNorm);
  const inner = ops.linearGelu(attended, params.intermediate.weight, params.intermediate.bias); // [B, T, I]
  return linearAddNorm(inner, params.output, attended, params.outputNorm);
}

/** The one loop: h^0 through every layer's gate. Returns h^L [B, T, H]. */
export function encode<X>(
  ops: Forward<X>,
  params: BertParams,
  config: BertConfig,
  batch: BatchTensors<X>,
  gate: Gate<X>,
): X {
  let hidden = embed(ops, params.embeddings, batch, config.layerNormEpsilon);
  params.layers.forEach((layerParams, layer) => {
    hidden = gate(layer, hidden, (states, rows) => {
      const mask = rows ? ops.gatherRows(batch.mask, rows) : batch.mask;
      return ops.scope(() => runLayer(ops, layerParams, config, states, mask));
    });
  });
  return hidden;
}

/** h_CLS, the state of the first token. hidden [B, T, H]; returns [B, H]. */
export const clsState = <X>(ops: Forward<X>, hidden: X): X => ops.firstTokens(hidden);

/** BERT's pooled output: tanh of a dense layer on [CLS]. hidden [B, T, H]; returns [B, H]. */
export function pool<X>(ops: Forward<X>, pooler: Affine, hidden: X): X {
  return ops.tanh(ops.linear(clsState(ops, hidden), pooler.weight, pooler.bias));
}

/** Logits from h^L. hidden [B, T, H]; returns [B, C] (C = 1 for regression). */
export function classify<X>(ops: Forward<X>, params: BertParams, hidden: X): X {
  return ops.linear(pool(ops, params.pooler, hidden), params.classifier.weight, params.classifier.bias);
}
