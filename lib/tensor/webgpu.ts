/**
 * What the `webgpu` backend gets from us: the right matrix program, errors that are heard, and small values read back
 * at once, so that a gate can decide and a skipped layer is really skipped.
 */
import { InputError } from "../errors.ts";
import { tf } from "./tf.ts";

/** The parts of tfjs's WebGPU backend used here. */
interface WebGPUBackend extends tf.KernelBackend {
  device: GPUDevice;
  commandEncoder: GPUCommandEncoder;
  tensorMap: {
    get(dataId: object): { values: ArrayLike<number> | null; resource: GPUBuffer; dtype: string };
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  runWebGPUProgram(...args: unknown[]): tf.TensorInfo;
}

/**
 * Versions of Deno on which mapping a buffer completes before its promise does (measured: 500 of 500 reads right).
 * It is nowhere promised, so an unlisted version goes without.
 */
const synchronousMapping = ["2.9.6"];

/** Values up to this many bytes are read through the staging buffer. */
const stagingBytes = 4096;

/** Configures the running backend. Returns whether small tensors can be read synchronously. */
export async function prepareWebGPU(): Promise<boolean> {
  // tfjs 4.22's split-K program is silently wrong with transposeB; program 3 (packed) is right and deterministic.
  tf.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", 3);
  const backend = tf.backend() as WebGPUBackend;
  const readsSmallNow = synchronousMapping.includes(Deno.version.deno);
  if (readsSmallNow) await installSmallReads(backend);
  const loss = failWhenLost(backend);
  backend.device.addEventListener("uncapturederror", (event) => {
    // What is reported after a loss is the loss again; the next operation names it.
    if (loss()) return;
    throw new Error(`WebGPU reported an error: ${(event as GPUUncapturedErrorEvent).error.message}`);
  });
  return readsSmallNow;
}

/**
 * Makes every operation and every read throw `InputError` once the device is lost (driver reset, GPU taken away), so
 * that nothing goes on with what was never computed. Returns what is known of the loss, null as long as there is none.
 */
function failWhenLost(backend: WebGPUBackend): () => GPUDeviceLostInfo | null {
  let lost: GPUDeviceLostInfo | null = null;
  backend.device.lost.then((info) => lost = info);
  const failure = (error: unknown) => {
    // The promise tells of a loss a moment after the first call has failed by it, with an error of this kind.
    if (!lost && !(error instanceof DOMException)) return error;
    const what = lost
      ? `The GPU was lost (${lost.message || lost.reason})`
      : `The GPU failed (${(error as Error).message})`;
    return new InputError(
      `${what}. The same command (without --fresh) continues from what was saved; DPB_BACKEND=wasm runs without a GPU.`,
      { cause: error },
    );
  };
  const check = <T>(value?: T) => {
    if (lost) throw lost;
    return value;
  };
  for (const name of ["runWebGPUProgram", "read", "readSync"] as const) {
    const stock = backend[name].bind(backend) as (...args: unknown[]) => unknown;
    const checked = (...args: unknown[]) => {
      try {
        check();
        const result = stock(...args);
        if (!(result instanceof Promise)) return result;
        return result.then(check).catch((error) => {
          throw failure(error);
        });
      } catch (error) {
        throw failure(error);
      }
    };
    Object.assign(backend, { [name]: checked });
  }
  return () => lost;
}

/**
 * Replaces `readSync`, which needs a canvas in tfjs, for small tensors. The staging buffer is mapped once and awaited:
 * Deno would abort the process if the first mapping of a buffer were not.
 */
async function installSmallReads(backend: WebGPUBackend): Promise<void> {
  const staging = backend.device.createBuffer({
    size: stagingBytes,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  await staging.mapAsync(GPUMapMode.READ);
  staging.unmap();
  const stock = backend.readSync.bind(backend);
  backend.readSync = (dataId: object) => {
    const { values, resource, dtype } = backend.tensorMap.get(dataId);
    if (values || !resource || resource.size > stagingBytes) return stock(dataId) as Float32Array;
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.commandEncoder.copyBufferToBuffer(resource, 0, staging, 0, resource.size);
    backend.submitQueue();
    const mapped = staging.mapAsync(GPUMapMode.READ, 0, resource.size);
    mapped.catch(() => {}); // the error, if any, is thrown by getMappedRange
    const bytes = staging.getMappedRange(0, resource.size).slice(0);
    staging.unmap();
    return dtype === "float32" ? new Float32Array(bytes) : new Int32Array(bytes);
  };
}
