/** Matrix products on the wasm backend: by a BLAS where there is one and the product is worth the call, else ours. */
import { type Blas, type Gemm, mostUnpacked } from "./blas.ts";
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

/** A product is cut into pieces of at least so many rows, or of so many steps along the inner axis. */
const shortest = 32;

/**
 * C = op(A) op(B) with a long C (or, if `transposeA`, a long inner axis), cut along that into pieces of at most `limit`
 * multiply-adds, which a BLAS may take from where their operands lie. Where it would have to read B across, `transpose`
 * gives a transposed copy of up to limit / `shortest` floats. False, and nothing done, where pieces would be too short.
 */
function inPieces(
  gemm: Gemm,
  limit: number,
  transpose: Transpose,
): (...product: Parameters<Gemm>) => boolean {
  return (ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    const long = ta ? k : m, steps = Math.floor(limit * long / (m * n * k)) & ~15;
    if (steps >= long || steps < shortest || (ta && tb)) return false;
    const [right, row] = tb ? [transpose(n, k, b, ldb), n] : [b, ldb];
    for (let from = 0; from < long; from += steps) {
      const count = Math.min(steps, long - from), left = a + 4 * from * lda;
      if (ta) {
        const below = right + 4 * from * row;
        gemm(true, false, m, n, count, left, lda, below, row, c, ldc, accumulate || from > 0);
      } else {
        gemm(false, false, count, n, k, left, lda, right, row, c + 4 * from * ldc, ldc, accumulate);
      }
    }
    return true;
  };
}

/** Gives the address of the transpose of `rows` x `columns` floats at `x`, whose rows are `row` floats apart. */
type Transpose = (rows: number, columns: number, x: number, row: number) => number;

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
  const base = heapBase(), spare = wasmBackend().wasm._malloc(4 * Math.ceil(mostUnpacked / shortest));
  const transpose: Transpose = (rows, columns, x, row) => {
    kernels.transpose(rows, columns, x, 4 * row, spare);
    return spare;
  };
  const theirs: Product = (ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    const heap = base();
    blas()!.gemm(ta, tb, m, n, k, heap + a, lda, heap + b, ldb, heap + c, ldc, accumulate);
  };
  const cut = inPieces(theirs, mostUnpacked, transpose);
  return (ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    if (k === 0) return accumulate ? undefined : clear(m, n, c, ldc);
    const library = blas(), work = m * n * k;
    if (!library || work < worthACall) return ours(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
    if (library.takesUnpacked && work > mostUnpacked) {
      if (cut(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate)) return;
    }
    theirs(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
  };
}
