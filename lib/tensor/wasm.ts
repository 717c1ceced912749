/**
 * What tfjs's own operations get from us on the `wasm` backend: matrix products with any flags and batches through our
 * kernels or a BLAS, Identity without a copy, sums, and slices that stay inside the heap.
 */
import { at, copyFloats, makeOutput, wasmBackend } from "./heap.ts";
import { type KernelBuild, type Kernels, loadKernels, scratchBytes } from "./kernels.ts";
import type { Product } from "./products.ts";
import { type Tensor, tf } from "./tf.ts";

/** BatchMatMul. a [..., M, K], b [..., K, N] (before the flags), equal or broadcast batch axes. */
function matMul(
  multiply: Product,
  { a, b }: { a: tf.TensorInfo; b: tf.TensorInfo },
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): tf.TensorInfo {
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
  const out = makeOutput([...outBatch, m, n]);
  if (m * n * batch === 0) return out;
  for (let i = 0; i < batch; i++) {
    const atA = at(a) + 4 * (i % batchA) * m * k, atB = at(b) + 4 * (i % batchB) * k * n;
    multiply(transposeA, transposeB, m, n, k, atA, colsA, atB, colsB, at(out) + 4 * i * m * n, n, false);
  }
  return out;
}

/** Identity: tfjs copies here; a second reference to immutable data serves as well (webgpu and cpu do so). */
function identity({ x }: { x: tf.TensorInfo }): tf.TensorInfo {
  wasmBackend().incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

/** A contiguous slice, copied inside the heap (tfjs reads the whole input to JavaScript first); null if it is not. */
function contiguousSlice({ x }: { x: tf.TensorInfo }, attrs: { begin: number[]; size: number[] }) {
  const [start, extent] = tf.slice_util.parseSliceParams(x as Tensor, attrs.begin, attrs.size);
  if (x.dtype !== "float32" || !tf.slice_util.isSliceContinous(x.shape, start, extent)) return null;
  const out = makeOutput(extent);
  const first = tf.slice_util.computeFlatOffset(start, tf.util.computeStrides(x.shape));
  copyFloats(at(x) + 4 * first, at(out), tf.util.sizeFromShape(extent));
  return out;
}

/** Add of equal shapes, which sums the gradients of a tensor used twice; null for any other. */
function addEqual(kernels: Kernels, { a, b }: { a: tf.TensorInfo; b: tf.TensorInfo }) {
  const fits = a.dtype === "float32" && b.dtype === "float32" && tf.util.arraysEqual(a.shape, b.shape);
  if (!fits) return null;
  const out = makeOutput(a.shape);
  kernels.add(tf.util.sizeFromShape(a.shape), at(a), at(b), at(out));
  return out;
}

/** Replaces a wasm kernel; `ours` may hand a call back to tfjs's own by returning null. */
function replaceKernel(
  name: string,
  // deno-lint-ignore no-explicit-any
  ours: (inputs: any, attrs: any) => tf.TensorInfo | null,
): void {
  const stock = tf.getKernel(name, "wasm").kernelFunc;
  tf.unregisterKernel(name, "wasm");
  tf.registerKernel({
    kernelName: name,
    backendName: "wasm",
    kernelFunc: (args) => ours(args.inputs, args.attrs) ?? stock(args),
  });
}

/** Starts our kernels in the memory of the running wasm backend. */
export function startKernels(build: KernelBuild): Kernels {
  const { wasm } = wasmBackend();
  return loadKernels(build, wasm.asm.memory, wasm._malloc(scratchBytes) >>> 0);
}

/** Re-registers kernels on the running wasm backend. Call once, after the backend is ready. */
export function registerWasmKernels(kernels: Kernels, multiply: Product): void {
  replaceKernel("Identity", identity);
  replaceKernel("Slice", contiguousSlice);
  replaceKernel("Add", (inputs) => addEqual(kernels, inputs));
  replaceKernel("BatchMatMul", (inputs, flags) => matMul(multiply, inputs, flags));
}
