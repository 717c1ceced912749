/** Weights laid out once for a product that runs again and again. */
import { at, floats as floatsOf, wasmBackend } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { Product } from "./products.ts";
import type { Tensor } from "./tf.ts";

/** How a weight [out, in] is kept and multiplied with. */
export interface WeightLayout {
  /** Floats that a laid out weight takes. */
  floats(outputs: number, inputs: number): number;
  /** Writes `weight` to the address `place`. */
  write(weight: Tensor, place: number): void;
  /** y [rows, outputs] += x [rows, inputs] W^T; x, place and y are addresses. */
  addProduct(rows: number, outputs: number, inputs: number, x: number, place: number, y: number): void;
}

/** Panels of 8 outputs, as our own kernel reads them. */
export const panels = (kernels: Kernels): WeightLayout => ({
  floats: (outputs, inputs) => inputs * 8 * Math.ceil(outputs / 8),
  write(weight, place) {
    const [outputs, inputs] = weight.shape;
    kernels.packWeight(outputs, inputs, at(weight), place);
  },
  addProduct: kernels.addPacked,
});

/** Transposed, [in, out]: what a BLAS multiplies fastest, twice as fast as [out, in] where a short input meets it. */
export const transposed = (multiply: Product): WeightLayout => ({
  floats: (outputs, inputs) => outputs * inputs,
  write(weight, place) {
    const [outputs, inputs] = weight.shape, from = floatsOf(weight), to = wasmBackend().wasm.HEAPF32;
    for (let row = 0; row < outputs; row++) {
      for (let column = 0; column < inputs; column++) {
        to[place / 4 + column * outputs + row] = from[row * inputs + column];
      }
    }
  },
  addProduct: (rows, outputs, inputs, x, place, y) =>
    multiply(false, false, rows, outputs, inputs, x, inputs, place, outputs, y, outputs, true),
});
