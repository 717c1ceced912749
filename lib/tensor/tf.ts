/**
 * The only door to tfjs. Everything else in the project imports tensors from `lib/tensor/mod.ts`.
 * `@tensorflow/tfjs` is imported whole: its core alone registers no gradients under Deno.
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";

export type Tensor = tf.Tensor;
export type Variable = tf.Variable;
export { tf };
