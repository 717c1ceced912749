/** Masked self-attention on the fused projection as one operation of the wasm backend. */
import { type Attention, spareFloats } from "./attention.ts";
import { differentiable } from "./differentiable.ts";
import { check } from "./fused_shapes.ts";
import { at, copyOrSame, emptyTensor } from "./heap.ts";
import type { Ops } from "./ops.ts";

/** `attention` with its gradient. */
export function fusedAttention(attention: Attention): Ops["attention"] {
  return (qkv, mask, numHeads) => {
    const [batch, length, triple] = qkv.shape, width = triple / 3, size = width / numHeads;
    const fits = qkv.rank === 3 && Number.isInteger(size) && mask.rank === 2 && mask.shape[0] === batch &&
      mask.shape[1] === length;
    check(fits, "attention", qkv, mask);
    const shape = { batch, length, numHeads, size };
    return differentiable([qkv], (qkv) => {
      const weights = emptyTensor([batch, numHeads, length, length]);
      const value = emptyTensor([batch, length, width]);
      attention.forward(shape, at(qkv), at(mask), at(weights), at(value));
      return { value, saved: [qkv, weights] };
    }, (dy, [qkv, weights]) => {
      const dQkv = copyOrSame(qkv), spare = emptyTensor([spareFloats(shape)]);
      attention.backward(shape, at(dQkv), at(weights), at(dy), at(spare));
      return [dQkv];
    });
  };
}
