/** Weights laid out once for a product that runs again and again. */
import { mostUnpacked } from "./blas.ts";
import { at, floats, wasmBackend } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { Product } from "./products.ts";
import type { Tensor } from "./tf.ts";

/** How weights [out, in] are kept and multiplied with. */
export interface WeightLayout {
  /** Lays `weight` out, in memory that `take` gives, and returns its address. */
  lay(weight: Tensor, take: (floats: number) => number): number;
  /** y [rows, outputs] += x [rows, inputs] W^T; x, y and the laid out weight are addresses. */
  addProduct(rows: number, outputs: number, inputs: number, x: number, weight: number, y: number): void;
}

/** Panels of 8 outputs, as our own kernel reads them. */
export const panels = (kernels: Kernels): WeightLayout => ({
  lay(weight, take) {
    const [outputs, inputs] = weight.shape, place = take(inputs * 8 * Math.ceil(outputs / 8));
    kernels.packWeight(outputs, inputs, at(weight), place);
    return place;
  },
  addProduct: kernels.addPacked,
});

/**
 * Elements up to which a BLAS is given a transposed copy. Measured with OpenBLAS: below, it multiplies that up to twice
 * as fast, most for short inputs; above, where weights come from main memory, it makes no difference.
 */
const worthACopy = 1 << 18;

/** For a BLAS: small weights transposed, [in, out], large ones where they lie. */
export const blasLayout = (multiply: Product): WeightLayout => ({
  lay(weight, take) {
    const [outputs, inputs] = weight.shape;
    if (weight.size > worthACopy) return at(weight);
    const place = take(weight.size), from = floats(weight), to = wasmBackend().wasm.HEAPF32;
    for (let row = 0; row < outputs; row++) {
      for (let column = 0; column < inputs; column++) {
        to[place / 4 + column * outputs + row] = from[row * inputs + column];
      }
    }
    return place;
  },
  addProduct(rows, outputs, inputs, x, weight, y) {
    const copied = outputs * inputs <= worthACopy, length = copied ? outputs : inputs;
    multiply(false, !copied, rows, outputs, inputs, x, inputs, weight, length, y, outputs, true);
  },
});

/** Outputs in a panel for a BLAS. */
const width = 64;

/**
 * For a BLAS that takes operands unpacked: panels of 64 outputs, [inputs, 64] each, and products that are small enough.
 * Nothing is packed then, which a BLAS otherwise does anew for every input: up to a quarter of its time with few rows.
 */
export const blasPanels = (kernels: Kernels, multiply: Product): WeightLayout => ({
  lay(weight, take) {
    const [outputs, inputs] = weight.shape, place = take(weight.size);
    for (let from = 0; from < outputs; from += width) {
      const first = 4 * from * inputs;
      kernels.transpose(
        Math.min(width, outputs - from),
        inputs,
        at(weight) + first,
        4 * inputs,
        place + first,
      );
    }
    return place;
  },
  addProduct(rows, outputs, inputs, x, weight, y) {
    const most = Math.max(16, Math.floor(mostUnpacked / (Math.min(rows, width) * width)) & ~15);
    for (let from = 0; from < outputs; from += width) {
      const columns = Math.min(width, outputs - from), panel = weight + 4 * from * inputs;
      for (let step = 0; step < inputs; step += most) {
        const count = Math.min(most, inputs - step), right = panel + 4 * step * columns;
        multiply(
          false,
          false,
          rows,
          columns,
          count,
          x + 4 * step,
          inputs,
          right,
          columns,
          y + 4 * from,
          outputs,
          true,
        );
      }
    }
  },
});
