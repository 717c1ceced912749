import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { arena } from "./arena.ts";
import { startBackend } from "./backend.ts";
import { findBlas } from "./blas.ts";
import { at, emptyTensor, floats } from "./heap.ts";
import { floatTensor } from "./math.ts";
import { products } from "./products.ts";
import { random, uniforms } from "./random.ts";
import { tf } from "./tf.ts";
import { startKernels } from "./wasm.ts";
import { blasLayout, blasPanels, panels } from "./weight_layouts.ts";

const { blas } = readConfig();
await startBackend("wasm", { blas });
const library = findBlas(blas);
const kernels = startKernels("plain"),
  multiply = products(() => library, kernels),
  layouts = {
    panels: panels(kernels),
    blasLayout: blasLayout(multiply),
    blasPanels: blasPanels(kernels, multiply),
  };

for (const [name, layout] of Object.entries(layouts)) {
  for (const [rows, outputs, inputs] of [[3, 5, 3], [3, 512, 512], [3, 513, 512], [70, 65, 515]]) {
    Deno.test(`${name} adds x W^T to y for ${rows} rows and a weight of ${outputs} x ${inputs}`, () => {
      const drawn = (label: string, shape: number[]) =>
        floatTensor(uniforms(random(0, label), tf.util.sizeFromShape(shape)), shape);
      const x = drawn("x", [rows, inputs]),
        weight = drawn("w", [outputs, inputs]),
        y = emptyTensor([rows, outputs]);
      floats(y).fill(1);
      const memory = arena(), place = layout.lay(weight, memory.take);
      layout.addProduct(rows, outputs, inputs, at(x), place, at(y));
      const [a, b] = [x, weight].map(floats);
      floats(y).forEach((found, i) => {
        const row = Math.floor(i / outputs) * inputs, column = (i % outputs) * inputs;
        let expected = 1;
        for (let k = 0; k < inputs; k++) expected += a[row + k] * b[column + k];
        assert.ok(Math.abs(found - expected) < 1e-4 * expected, `${found} at ${i}, expected ${expected}`);
      });
      memory.dispose();
      tf.dispose([x, weight, y]);
    });
  }
}
