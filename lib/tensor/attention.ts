/**
 * Masked self-attention on addresses of float32 values in the heap. Heads are read in place, so nothing is split,
 * transposed or joined; weights lie as [batch, heads, keys, queries] (`kernels/attention.as`).
 */
import type { Kernels } from "./kernels.ts";
import { type Product, worthACallPerHead } from "./products.ts";

/** Examples, tokens in each, heads and the width of one. */
export interface AttentionShape {
  batch: number;
  length: number;
  numHeads: number;
  size: number;
}

export interface Attention {
  /** qkv [batch, length, 3 width] and mask [batch, length] give weights and value [batch, length, width]. */
  forward(shape: AttentionShape, qkv: number, mask: number, weights: number, value: number): void;
  /** qkv becomes its gradient, given the value's; `spare`: room for `spareFloats` numbers. */
  backward(shape: AttentionShape, qkv: number, weights: number, dValue: number, spare: number): void;
}

/** A head's scores and its keys. */
export const spareFloats = ({ length, size }: AttentionShape) => length * (length + size);

/** Attention by our own kernels, or with `multiply` where it `hasBlas` and heads are large enough for its calls. */
export function attentionOf(kernels: Kernels, multiply: Product, hasBlas: () => boolean): Attention {
  const isOurs = ({ length, size }: AttentionShape) =>
    !hasBlas() || length * length * size < worthACallPerHead;

  /** Calls with the example and the addresses of query, weights and context of every head. */
  function eachHead(
    { batch, length, numHeads, size }: AttentionShape,
    [qkv, weights, context]: [number, number, number],
    run: (example: number, query: number, weights: number, context: number) => void,
  ): void {
    const width = numHeads * size;
    for (let i = 0; i < batch * numHeads; i++) {
      const example = Math.floor(i / numHeads), first = (i % numHeads) * size, row = example * length;
      const query = qkv + 4 * (row * 3 * width + first);
      run(example, query, weights + 4 * i * length * length, context + 4 * (row * width + first));
    }
  }

  return {
    forward(shape, qkv, mask, weights, value) {
      const { batch, length, numHeads, size } = shape, scale = 1 / Math.sqrt(size);
      if (isOurs(shape)) {
        return kernels.attention(batch, length, numHeads, size, qkv, mask, scale, weights, value);
      }
      const width = numHeads * size, triple = 3 * width;
      eachHead(shape, [qkv, weights, value], (example, q, w, context) => {
        const k = q + 4 * width, v = k + 4 * width;
        multiply(false, true, length, length, size, k, triple, q, triple, w, length, false);
        kernels.attentionWeights(length, w, mask + 4 * example * length, scale);
        multiply(true, false, length, size, length, w, length, v, triple, context, width, false);
      });
    },

    backward(shape, qkv, weights, dValue, spare) {
      const { batch, length, numHeads, size } = shape, scale = 1 / Math.sqrt(size);
      if (isOurs(shape)) {
        return kernels.attentionGradient(batch, length, numHeads, size, qkv, scale, weights, dValue, spare);
      }
      const width = numHeads * size, triple = 3 * width, d = spare, dk = spare + 4 * length * length;
      eachHead(shape, [qkv, weights, dValue], (_example, q, w, dContext) => {
        const k = q + 4 * width, v = k + 4 * width;
        multiply(false, true, length, length, size, v, triple, dContext, width, d, length, false);
        multiply(false, false, length, size, length, w, length, dContext, width, v, triple, false);
        kernels.attentionWeightsGradient(length, w, d, scale);
        multiply(false, false, length, size, length, d, length, q, triple, dk, size, false);
        multiply(true, false, length, size, length, d, length, k, triple, q, triple, false);
        kernels.copyRows(length, size, dk, 4 * size, k, 4 * triple);
      });
    },
  };
}
