/** What a forward pass needs beside the fused operations, in tfjs's own: the same on every backend. */
import type { Forward, Ops } from "./ops.ts";
import { type Tensor, tf } from "./tf.ts";

type PlainOps = Omit<
  Forward,
  | "linear"
  | "linearGelu"
  | "addLayerNorm"
  | "linearAddLayerNorm"
  | "attention"
  | "embed"
  | "gatherRows"
  | "scatterRows"
>;

/** These operations around `gatherRows`; `readsAreFree` where reading back to JavaScript waits for nothing. */
export function plainOps(gatherRows: Ops["gatherRows"], readsAreFree: boolean): PlainOps {
  const values = (x: Tensor) => x.dataSync() as Float32Array;
  const ints = (values: Int32Array, shape: number[]) => tf.tensor(values, shape, "int32");
  return {
    ints,
    floats: (values, shape) => tf.tensor(values, shape, "float32"),
    valuesNow: (x) => readsAreFree ? values(x) : null,
    evaluate(work) {
      const results = tf.tidy(() => work().map(tf.keep)), free = () => tf.dispose(results);
      if (!readsAreFree) {
        return Promise.all(results.map((x) => x.data() as Promise<Float32Array>)).finally(free);
      }
      try {
        return results.map(values);
      } finally {
        free();
      }
    },
    scope: (work) => tf.tidy(work),
    add: (x, y) => tf.add(x, y),
    tanh: (x) => tf.tanh(x),
    positive: (x) => tf.greater(x, 0).toFloat(),
    mix(weight, x, y) {
      const w = weight.reshape([-1, 1, 1]);
      return tf.add(tf.mul(w, x), tf.mul(tf.sub(1, w), y));
    },
    firstTokens(hidden) {
      const [batch, length, width] = hidden.shape;
      const first = ints(Int32Array.from({ length: batch }, (_, row) => row * length), [batch]);
      return gatherRows(hidden.reshape([batch * length, width]), first);
    },
  };
}
