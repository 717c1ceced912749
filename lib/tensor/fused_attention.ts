/** Masked self-attention on the fused projection as one operation of the wasm backend. */
import { differentiable } from "./differentiable.ts";
import { check } from "./fused_shapes.ts";
import { at, emptyTensor } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { Ops } from "./ops.ts";
import type { Product } from "./products.ts";

/** `attention` on `kernels` and `multiply`. Heads are read in place, so nothing is split, transposed or joined. */
export function fusedAttention(kernels: Kernels, multiply: Product): Ops["attention"] {
  return (qkv, mask, numHeads) => {
    const [batch, length, triple] = qkv.shape, width = triple / 3, size = width / numHeads;
    const fits = qkv.rank === 3 && Number.isInteger(size) && mask.rank === 2 && mask.shape[0] === batch &&
      mask.shape[1] === length;
    check(fits, "attention", qkv, mask);
    const scale = 1 / Math.sqrt(size);
    /** Calls with the addresses of query, key, value, weights and context of every head, in `x` and its like. */
    const eachHead = (
      x: number,
      weights: number,
      context: number,
      run: (q: number, k: number, v: number, weights: number, context: number) => void,
    ) => {
      for (let b = 0; b < batch; b++) {
        for (let head = 0; head < numHeads; head++) {
          const q = x + 4 * (b * length * triple + head * size);
          const w = weights + 4 * (b * numHeads + head) * length * length;
          run(q, q + 4 * width, q + 8 * width, w, context + 4 * (b * length * width + head * size));
        }
      }
    };
    return differentiable([qkv], (qkv) => {
      const weights = emptyTensor([batch, numHeads, length, length]);
      const value = emptyTensor([batch, length, width]);
      eachHead(at(qkv), at(weights), 0, (q, k, _v, w) => {
        multiply(false, true, length, length, size, q, triple, k, triple, w, length, false);
      });
      kernels.attentionWeights(batch, numHeads * length, length, at(weights), at(mask), scale);
      eachHead(at(qkv), at(weights), at(value), (_q, _k, v, w, context) => {
        multiply(false, false, length, size, length, w, length, v, triple, context, width, false);
      });
      return { value, saved: [qkv, weights] };
    }, (dy, [qkv, weights]) => {
      const d = emptyTensor(qkv.shape), dScores = emptyTensor(weights.shape);
      eachHead(at(qkv), at(dScores), at(dy), (_q, _k, v, w, dContext) => {
        multiply(false, true, length, length, size, dContext, width, v, triple, w, length, false);
      });
      eachHead(at(d), at(weights), at(dy), (_q, _k, dv, w, dContext) => {
        multiply(true, false, length, size, length, w, length, dContext, width, dv, triple, false);
      });
      kernels.attentionWeightsGradient(
        batch * numHeads * length,
        length,
        at(weights),
        at(dScores),
        scale,
      );
      const toGradient = at(d) - at(qkv);
      eachHead(at(qkv), at(dScores), 0, (q, k, _v, w) => {
        multiply(false, false, length, size, length, w, length, k, triple, q + toGradient, triple, false);
        multiply(true, false, length, size, length, w, length, q, triple, k + toGradient, triple, false);
      });
      return [d];
    });
  };
}
