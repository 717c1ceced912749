/** The backbone room: configuration, parameters, encoder, head, checkpoints. Knows no method. */
export { type BertConfig, parseConfig } from "./config.ts";
export { batchTensors, type PaddedBatch } from "./batch.ts";
export {
  type BatchTensors,
  classify,
  clsState,
  embed,
  encode,
  everyLayer,
  type Gate,
  pool,
  type RunLayer,
  runLayer,
} from "./encoder.ts";
export { loadBert, type LoadedBert, readBertConfig, saveBert } from "./checkpoint.ts";
export { headFlops, layerFlops, pathFlops } from "./flops.ts";
export { parameterCount } from "./parameter_count.ts";
export { type Affine, type BertParams, type LayerParams, randomAffine, randomBert } from "./params.ts";
export { executeWhere, mix } from "./skip.ts";
