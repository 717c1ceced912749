/**
 * `Ops` on the wasm backend: our kernels and matrix products on addresses in tfjs's heap, put on its tape. What each
 * operation means is written in `ops.ts`; formulas stand in `kernels/`.
 */
import type { Attention } from "./attention.ts";
import { fusedAttention } from "./fused_attention.ts";
import { fusedLinear } from "./fused_linear.ts";
import { fusedRows } from "./fused_rows.ts";
import { at, floats } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { AdamWStep, Moments, Ops } from "./ops.ts";
import { plainOps } from "./plain_ops.ts";
import type { Product } from "./products.ts";
import { type Tensor, tf } from "./tf.ts";

/** All operations on `kernels`, `multiply` and `attention`; they need the wasm backend running. */
export function fusedOps(kernels: Kernels, multiply: Product, attention: Attention): Ops {
  function norm(tensors: Tensor[]): Tensor {
    const squares = tensors.reduce((total, x) => total + kernels.sumOfSquares(x.size, at(x)), 0);
    return tf.scalar(Math.sqrt(squares));
  }

  /**
   * In place. XNNPACK keeps a packed copy of a matrix by its address and would not see that, but no product of this
   * backend goes there (`wasm.ts`).
   */
  function adamw(param: tf.Variable, gradient: Tensor, moments: Moments, scale: Tensor, step: AdamWStep) {
    const { beta1, beta2, epsilon } = step;
    kernels.adamw(
      param.size,
      at(param),
      at(gradient),
      at(moments.first),
      at(moments.second),
      floats(scale)[0],
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      1 - step.learningRate * step.weightDecay,
      step.learningRate / step.correction1,
      1 / step.correction2,
      epsilon,
    );
  }

  const rows = fusedRows(kernels);
  return {
    backend: "wasm",
    inference: null,
    ...plainOps(rows.gatherRows, true),
    ...fusedLinear(kernels, multiply),
    attention: fusedAttention(attention),
    ...rows,
    norm,
    adamw,
  };
}
