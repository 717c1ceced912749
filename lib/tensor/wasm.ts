/**
 * What the `wasm` backend gets from us: matrix products through a BLAS on tfjs's own heap (or, without one, through
 * tfjs's fast path with explicit transposes), Identity without a copy, and AdamW in one pass.
 */
import { type Tensor, tf } from "./tf.ts";
import type { Blas } from "./blas.ts";
import type { AdamWStep, Moments, Ops } from "./ops.ts";

/** The parts of tfjs's wasm backend that a kernel needs. */
interface WasmBackend extends tf.KernelBackend {
  wasm: { HEAPU8: Uint8Array };
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): tf.TensorInfo;
}

type MatMulInputs = { a: tf.TensorInfo; b: tf.TensorInfo };
type MatMulFlags = { transposeA: boolean; transposeB: boolean };

const backend = () => tf.backend() as WasmBackend;
const offset = (x: tf.TensorInfo) => backend().dataIdMap.get(x.dataId).memoryOffset;
/** The floats of `x` in the heap; valid until the heap grows. */
const floats = (x: tf.TensorInfo) =>
  new Float32Array(backend().wasm.HEAPU8.buffer, offset(x), tf.util.sizeFromShape(x.shape));

/** Address of the heap's first byte; asked again only after the heap has grown. */
function heapBase(): () => number {
  let buffer: ArrayBufferLike | null = null, base = 0;
  return () => {
    const heap = backend().wasm.HEAPU8;
    if (heap.buffer !== buffer) {
      buffer = heap.buffer;
      base = Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(buffer as ArrayBuffer))));
    }
    return base;
  };
}

/** BatchMatMul on BLAS. a [..., M, K], b [..., K, N] (before the flags), equal or broadcast batch axes. */
function blasMatMul(blas: Blas, { a, b }: MatMulInputs, flags: MatMulFlags, base: () => number) {
  const { transposeA, transposeB } = flags;
  const [rowsA, colsA] = a.shape.slice(-2), [rowsB, colsB] = b.shape.slice(-2);
  const [m, k] = transposeA ? [colsA, rowsA] : [rowsA, colsA];
  const [kB, n] = transposeB ? [colsB, rowsB] : [rowsB, colsB];
  if (k !== kB) {
    throw new Error(`matMul: inner sizes ${k} and ${kB} differ (shapes ${a.shape} and ${b.shape}).`);
  }
  const batchA = tf.util.sizeFromShape(a.shape.slice(0, -2)),
    batchB = tf.util.sizeFromShape(b.shape.slice(0, -2));
  const batch = Math.max(batchA, batchB);
  const outBatch = batchA >= batchB ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const out = backend().makeOutput([...outBatch, m, n], "float32");
  if (m * n * batch === 0) return out;
  if (k === 0) {
    floats(out).fill(0);
    return out;
  }
  const [startA, startB, startC] = [a, b, out].map((x) => base() + offset(x));
  for (let i = 0; i < batch; i++) {
    const atA = startA + 4 * (i % batchA) * m * k, atB = startB + 4 * (i % batchB) * k * n;
    blas.gemm(transposeA, transposeB, m, n, k, atA, colsA, atB, colsB, startC + 4 * i * m * n, n);
  }
  return out;
}

/** A transposed copy of a matrix; tfjs's own product is 10 times faster on it than with a transpose flag. */
function transposedMatrix(x: tf.TensorInfo): tf.TensorInfo {
  const perm = x.shape.map((_, i) => i);
  perm.push(...perm.splice(-2).reverse());
  return tf.engine().runKernel("Transpose", { x: x as Tensor }, { perm }) as tf.TensorInfo;
}

/** Copies `count` floats inside the heap. */
function copyFloats(from: number, to: number, count: number): void {
  backend().wasm.HEAPU8.copyWithin(to, from, from + 4 * count);
}

/** Identity: tfjs copies here; a second reference to immutable data serves as well (webgpu and cpu do so). */
function identity({ x }: { x: tf.TensorInfo }): tf.TensorInfo {
  backend().incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

/** A contiguous slice, copied inside the heap (tfjs reads the whole input to JavaScript first); null if it is not. */
function contiguousSlice({ x }: { x: tf.TensorInfo }, attrs: { begin: number[]; size: number[] }) {
  const [start, extent] = tf.slice_util.parseSliceParams(x as Tensor, attrs.begin, attrs.size);
  if (x.dtype !== "float32" || !tf.slice_util.isSliceContinous(x.shape, start, extent)) return null;
  const out = backend().makeOutput(extent, "float32");
  const first = tf.slice_util.computeFlatOffset(start, tf.util.computeStrides(x.shape));
  copyFloats(offset(x) + 4 * first, offset(out), tf.util.sizeFromShape(extent));
  return out;
}

/** Rows of `x` (first axis) by index, copied inside the heap row by row; null for any other gather. */
function gatherFirstAxis(
  inputs: { x: tf.TensorInfo; indices: tf.TensorInfo },
  attrs: { axis: number; batchDims: number },
) {
  const { x, indices } = inputs;
  if (attrs.axis !== 0 || attrs.batchDims !== 0 || x.dtype !== "float32") return null;
  const rows = backend().readSync(indices.dataId) as Int32Array;
  const width = tf.util.sizeFromShape(x.shape.slice(1));
  const out = backend().makeOutput([...indices.shape, ...x.shape.slice(1)], "float32");
  const from = offset(x), to = offset(out);
  rows.forEach((row, i) => {
    if (row < 0 || row >= x.shape[0]) {
      throw new Error(`gather: row ${row} of a tensor with ${x.shape[0]} rows.`);
    }
    copyFloats(from + 4 * row * width, to + 4 * i * width, width);
  });
  return out;
}

/** BatchMatMul without a BLAS: tfjs's fast path, which knows no transposes and no batches. */
function stockMatMul(stock: tf.KernelFunc, { a, b }: MatMulInputs, flags: MatMulFlags) {
  const call = (a: tf.TensorInfo, b: tf.TensorInfo, attrs: MatMulFlags) =>
    stock({ inputs: { a, b }, attrs: { ...attrs }, backend: backend() }) as tf.TensorInfo;
  if ([...a.shape.slice(0, -2), ...b.shape.slice(0, -2)].some((n) => n > 1)) return call(a, b, flags);
  const left = flags.transposeA ? transposedMatrix(a) : a, right = flags.transposeB ? transposedMatrix(b) : b;
  const out = call(left, right, { transposeA: false, transposeB: false });
  for (const copy of [left, right]) if (copy !== a && copy !== b) tf.dispose(copy as Tensor);
  return out;
}

/** Replaces a wasm kernel; `ours` may hand a call back to tfjs's own by returning null. */
function replaceKernel(
  name: string,
  // deno-lint-ignore no-explicit-any
  ours: (inputs: any, attrs: any, stock: tf.KernelFunc) => tf.TensorInfo | null,
): void {
  const stock = tf.getKernel(name, "wasm").kernelFunc;
  tf.unregisterKernel(name, "wasm");
  tf.registerKernel({
    kernelName: name,
    backendName: "wasm",
    kernelFunc: (args) => ours(args.inputs, args.attrs, stock) ?? stock(args),
  });
}

/** Re-registers kernels on the running wasm backend; `blas` says what they multiply with. Call once, when it is ready. */
export function registerWasmKernels(blas: () => Blas | null): void {
  const base = heapBase();
  replaceKernel("Identity", identity);
  replaceKernel("Slice", contiguousSlice);
  replaceKernel("GatherV2", gatherFirstAxis);
  replaceKernel(
    "BatchMatMul",
    (inputs, flags, stock) => {
      const library = blas();
      return library ? blasMatMul(library, inputs, flags, base) : stockMatMul(stock, inputs, flags);
    },
  );
}

/**
 * AdamW in one pass over the heap instead of a dozen. The parameter gets new memory, because XNNPACK keeps a packed
 * copy of a matrix by its address; the moments never enter a product and are updated in place.
 */
function adamw(param: tf.Variable, gradient: Tensor, moments: Moments, scale: Tensor, step: AdamWStep): void {
  const factor = scale.dataSync()[0];
  const next = tf.zeros(param.shape);
  const p = floats(param), g = floats(gradient), out = floats(next);
  const first = floats(moments.first), second = floats(moments.second);
  const { beta1, beta2, epsilon } = step;
  const kept = 1 - step.learningRate * step.weightDecay;
  const rate = step.learningRate / step.correction1, inverse2 = 1 / step.correction2;
  for (let i = 0; i < p.length; i++) {
    const gi = g[i] * factor;
    const m = first[i] = beta1 * first[i] + (1 - beta1) * gi;
    const v = second[i] = beta2 * second[i] + (1 - beta2) * gi * gi;
    out[i] = p[i] * kept - rate * m / (Math.sqrt(v * inverse2) + epsilon);
  }
  param.assign(next);
  next.dispose();
}

/** `composed` with the operations that `wasm` does better. */
export function wasmOps(composed: Ops): Ops {
  return { ...composed, adamw };
}
