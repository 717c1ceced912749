/** Matrix products on the wasm backend: by a BLAS where there is one and the product is worth the call, else ours. */
import type { Blas, Gemm } from "./blas.ts";
import { wasmBackend } from "./heap.ts";
import type { Kernels } from "./kernels.ts";

/** A `Gemm` on addresses in tfjs's heap. */
export type Product = Gemm;

/** Multiply-adds from which a call through Deno's FFI (about 0.3 us) is won back. */
const worthACall = 4096;

/** The same for one head of attention, where our own kernel takes all of them in one call. */
export const worthACallPerHead = 1 << 15;

/** Address of the heap's first byte; asked again only after the heap has grown. */
function heapBase(): () => number {
  let buffer: ArrayBufferLike | null = null, base = 0;
  return () => {
    const heap = wasmBackend().wasm.HEAPU8;
    if (heap.buffer !== buffer) {
      buffer = heap.buffer;
      base = Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(buffer as ArrayBuffer))));
    }
    return base;
  };
}

/** A sum over nothing is 0. */
function clear(m: number, n: number, c: number, ldc: number): void {
  const heap = wasmBackend().wasm.HEAPU8;
  for (let row = 0; row < m; row++) heap.fill(0, c + 4 * row * ldc, c + 4 * (row * ldc + n));
}

/** The product of this process; `blas` says what it may call, and may change its mind. */
export function products(blas: () => Blas | null, kernels: Kernels): Product {
  const ours: Product = (ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate) =>
    kernels.gemm(
      m,
      n,
      k,
      a,
      ta ? 4 : 4 * lda,
      ta ? 4 * lda : 4,
      b,
      tb ? 4 : 4 * ldb,
      tb ? 4 * ldb : 4,
      c,
      4 * ldc,
      accumulate,
    );
  const base = heapBase();
  return (ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    if (k === 0) return accumulate ? undefined : clear(m, n, c, ldc);
    const library = blas();
    if (!library || m * n * k < worthACall) return ours(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
    const heap = base();
    library.gemm(ta, tb, m, n, k, heap + a, lda, heap + b, ldb, heap + c, ldc, accumulate);
  };
}
