/** The tensor room's door: tensors, operations, parameters, random streams. The only room that knows tfjs. */
export type { Tensor, Variable } from "./tf.ts";
export type { AdamWStep, BackendName, Forward, Moments, Ops } from "./ops.ts";
export * from "./math.ts";
export { disposeTree, type Leaf, leaves, type ParamTree, readValues, setValues } from "./params.ts";
export { type Random, random, truncatedNormals, uniforms } from "./random.ts";
export { type Backend, startBackend, webgpuAdapter } from "./backend.ts";
