/** The heap of tfjs's wasm backend, and what lies in it. */
import { detach } from "./differentiable.ts";
import { type Tensor, tf } from "./tf.ts";

/** The parts of tfjs's wasm backend that a kernel needs. */
interface WasmBackend extends tf.KernelBackend {
  wasm: {
    asm: { memory: WebAssembly.Memory };
    HEAPU8: Uint8Array;
    HEAPF32: Float32Array;
    _malloc(bytes: number): number;
    _free(place: number): void;
  };
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): tf.TensorInfo;
}

/** A value without a tensor: where it lies, in bytes, and its shape. */
export interface Place {
  at: number;
  shape: number[];
}

export const wasmBackend = () => tf.backend() as WasmBackend;

/** Byte address of the first element of `x`; stays while `x` lives, also when the heap grows. */
export const at = (x: tf.TensorInfo): number => wasmBackend().dataIdMap.get(x.dataId).memoryOffset;

/** The floats of `x` in the heap; valid until the heap grows. */
export const floats = (x: tf.TensorInfo): Float32Array => {
  const start = at(x) / 4;
  return wasmBackend().wasm.HEAPF32.subarray(start, start + tf.util.sizeFromShape(x.shape));
};

/** A float32 output of a kernel, its contents undefined. Throws where the heap cannot grow any more. */
export function makeOutput(shape: number[]): tf.TensorInfo {
  const made = wasmBackend().makeOutput(shape, "float32");
  if (at(made) === 0 && tf.util.sizeFromShape(shape) > 0) {
    throw new Error(`The wasm backend has no memory left for a tensor of shape [${shape}].`);
  }
  return made;
}

/** `makeOutput` as a tensor, for use outside a kernel. */
export const emptyTensor = (shape: number[]): Tensor =>
  tf.engine().makeTensorFromTensorInfo(makeOutput(shape));

/** Whether nobody but `x` refers to its values. */
const isSole = (x: Tensor) => wasmBackend().refCount(x.dataId) === 1;

/**
 * Where a result may take the place of `x`, which is not needed afterwards: its own memory if nobody else has it, else
 * as much again, contents undefined. Memory just read is in the cache; what is new has to come there first.
 */
export const placeOf = (x: Tensor): Tensor => isSole(x) ? detach(x) : emptyTensor(x.shape);

/** The same with the values of `x`. */
export function copyOrSame(x: Tensor): Tensor {
  if (isSole(x)) return detach(x);
  const copy = emptyTensor(x.shape);
  copyFloats(at(x), at(copy), x.size);
  return copy;
}

/** Copies `count` floats inside the heap. */
export function copyFloats(from: number, to: number, count: number): void {
  wasmBackend().wasm.HEAPU8.copyWithin(to, from, from + 4 * count);
}
