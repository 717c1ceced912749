/** Matrix products on the wasm backend: by a BLAS where there is one and the product is worth the call, else ours. */
import type { Blas } from "./blas.ts";
import { wasmBackend } from "./heap.ts";
import type { Kernels } from "./kernels.ts";

/**
 * `C = op(A) op(B)`, or `C +=` with `accumulate`, in float32, row-major: op(A) [m, k], op(B) [k, n]. a, b, c are
 * addresses in the heap, lda, ldb, ldc row lengths in floats.
 */
export type Product = (
  transposeA: boolean,
  transposeB: boolean,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  accumulate: boolean,
) => void;

/** Multiply-adds from which a call through Deno's FFI (about 0.3 us) is won back. */
const worthACall = 4096;

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
    const library = blas();
    if (!library || m * n * k < worthACall) return ours(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
    const heap = base();
    library.gemm(ta, tb, m, n, k, heap + a, lda, heap + b, ldb, heap + c, ldc, accumulate);
  };
}
