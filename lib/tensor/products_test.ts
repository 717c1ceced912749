import assert from "node:assert/strict";
import { startBackend } from "./backend.ts";
import { type Blas, mostUnpacked } from "./blas.ts";
import { at, emptyTensor, floats, wasmBackend } from "./heap.ts";
import { floatTensor } from "./math.ts";
import { products } from "./products.ts";
import { random, uniforms } from "./random.ts";
import { tf } from "./tf.ts";
import { startKernels } from "./wasm.ts";

await startBackend("wasm", { blas: "off" });
const kernels = startKernels("plain"), ours = products(() => null, kernels);

/** A BLAS that multiplies with our own kernel and notes the multiply-adds and transposes it was asked for. */
function noting(calls: { work: number; transposeB: boolean }[]): Blas {
  return {
    name: "openblas",
    path: "",
    takesUnpacked: true,
    gemm(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate) {
      calls.push({ work: m * n * k, transposeB: tb });
      const heap = new Uint8Array(wasmBackend().wasm.HEAPU8.buffer as ArrayBuffer);
      const base = Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(heap)));
      ours(ta, tb, m, n, k, a - base, lda, b - base, ldb, c - base, ldc, accumulate);
    },
  };
}

/** Row lengths are larger than rows by 3, 2 and 1. */
function check(ta: boolean, tb: boolean, [m, n, k]: number[], accumulate: boolean) {
  const drawn = (name: string, rows: number, row: number) =>
    floatTensor(uniforms(random(0, name), rows * row), [rows, row]);
  const [lda, ldb, ldc] = [(ta ? m : k) + 3, (tb ? k : n) + 2, n + 1];
  const a = drawn("a", ta ? k : m, lda), b = drawn("b", tb ? n : k, ldb), c = emptyTensor([m, ldc]);
  floats(c).fill(1);
  const calls: { work: number; transposeB: boolean }[] = [];
  products(() => noting(calls), kernels)(ta, tb, m, n, k, at(a), lda, at(b), ldb, at(c), ldc, accumulate);
  const [left, right, found] = [a, b, c].map(floats);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = accumulate ? 1 : 0;
      for (let p = 0; p < k; p++) {
        sum += left[ta ? p * lda + i : i * lda + p] * right[tb ? j * ldb + p : p * ldb + j];
      }
      const error = Math.abs(found[i * ldc + j] - sum);
      assert.ok(error < 1e-5 * sum, `${found[i * ldc + j]} at ${i}, ${j}, expected ${sum}`);
    }
    assert.equal(found[i * ldc + n], 1, "a gap between rows was written");
  }
  tf.dispose([a, b, c]);
  return calls;
}

for (const accumulate of [false, true]) {
  const how = accumulate ? "adds" : "replaces";
  Deno.test(`a long product is cut into pieces that need no packing, and ${how}`, () => {
    for (const [ta, tb, sizes] of [[false, false, [1030, 64, 70]], [true, false, [64, 70, 1030]]] as const) {
      const calls = check(ta, tb, [...sizes], accumulate);
      assert.ok(calls.length > 4 && calls.every(({ work }) => work <= mostUnpacked));
    }
  });

  Deno.test(`a long product with a transposed B is cut and reads it straight, and ${how}`, () => {
    const calls = check(false, true, [1030, 64, 70], accumulate);
    assert.ok(calls.length > 4 && calls.every(({ transposeB }) => !transposeB));
  });

  Deno.test(`a product that is small, or has no long axis, is one call, and ${how}`, () => {
    for (const [ta, tb, sizes] of [[false, false, [40, 50, 60]], [false, true, [110, 200, 190]]] as const) {
      assert.equal(check(ta, tb, [...sizes], accumulate).length, 1);
    }
    assert.equal(check(true, true, [1030, 64, 70], accumulate).length, 1);
  });
}
