/** Starts a tfjs backend the way this project needs it. */
import { tf } from "./tf.ts";
import { InputError } from "../errors.ts";
import { attentionOf } from "./attention.ts";
import { type Blas, findBlas } from "./blas.ts";
import { composedOps } from "./composed.ts";
import type { BackendName, Ops } from "./ops.ts";
import { fusedOps } from "./fused_ops.ts";
import { inferenceOps } from "./inference_ops.ts";
import { chooseBuild, type KernelBuild } from "./kernels.ts";
import { products } from "./products.ts";
import { blasLayout, blasPanels, panels } from "./weight_layouts.ts";
import { registerWasmKernels, startKernels } from "./wasm.ts";
import { prepareWebGPU } from "./webgpu.ts";

/** A running backend: its operations, the BLAS it multiplies with and the adapter it runs on (WebGPU only). */
export interface Backend {
  name: BackendName;
  ops: Ops;
  /** Kind of BLAS, null without one. */
  blas: Blas["name"] | null;
  /** Build of our kernels; null on other backends than `wasm`. */
  simd: KernelBuild | null;
  /** The adapter's own description; null on a CPU backend. */
  adapter: string | null;
}

/** The adapter's description, or null where there is none. A fallback adapter (lavapipe) counts. */
export async function webgpuAdapter(): Promise<{ description: string; isFallback: boolean } | null> {
  // The Vulkan loader complains on stderr without one, which looks like an error of ours.
  if (Deno.build.os === "linux" && !Deno.env.get("XDG_RUNTIME_DIR")) Deno.env.set("XDG_RUNTIME_DIR", "/tmp");
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (!adapter) return null;
  const { description, device, vendor } = adapter.info;
  const isFallback = adapter.info.isFallbackAdapter ||
    /llvmpipe|lavapipe|swiftshader/i.test(`${description} ${device}`);
  return { description: description || device || vendor || "unnamed adapter", isFallback };
}

/** By name, and on `wasm` by the BLAS asked for as well. */
const started = new Map<string, { backend: Backend; library: Blas | null }>();
/** What the wasm kernels multiply with now. */
let wasmBlas: Blas | null = null;
/** Our kernels on `wasm`, registered once: tfjs has one wasm backend, and they live in its memory. */
let wasm: { ops: Ops; simd: KernelBuild } | null = null;

/** What is not said: the variable's, so that a whole test suite can run without a BLAS or with plain SIMD. */
const usual = (variable: string): string => Deno.env.get(variable) || "auto";

/**
 * Makes `name` the running backend and returns it; a second call for the same name switches back to it.
 * `blas` is `DPB_BLAS`, `simd` is `DPB_SIMD`; both count on `wasm` only, which runs with one BLAS or without at a time:
 * the last one asked for. Its kernels are those of the first call. Throws `InputError` when the backend cannot start.
 */
export async function startBackend(
  name: BackendName,
  { blas = usual("DPB_BLAS"), simd = usual("DPB_SIMD") as "auto" | "plain" }: {
    blas?: string;
    simd?: "auto" | "plain";
  } = {},
): Promise<Backend> {
  tf.enableProdMode();
  const key = name === "wasm" ? `${name} ${blas}` : name;
  const known = started.get(key) ?? await start(name, blas, simd);
  started.set(key, known);
  await tf.setBackend(name);
  if (name === "wasm") wasmBlas = known.library;
  return known.backend;
}

async function start(
  name: BackendName,
  blas: string,
  simd: "auto" | "plain",
): Promise<{ backend: Backend; library: Blas | null }> {
  const adapter = name === "webgpu" ? await webgpuAdapter() : null;
  if (name === "webgpu" && !adapter) {
    throw new InputError(
      "No WebGPU adapter was found. Install a driver (on Debian, mesa-vulkan-drivers gives a software one) or set DPB_BACKEND=wasm.",
    );
  }
  if (!await tf.setBackend(name).catch(() => false)) {
    throw new InputError(
      `tfjs cannot start its "${name}" backend here; set DPB_BACKEND to another one (webgpu, wasm, cpu).`,
    );
  }
  await tf.ready();
  const library = name === "wasm" ? findBlas(blas) : null;
  const parts = name === "wasm" ? wasmParts(simd) : { ops: composedOps(name), simd: null };
  if (name === "webgpu" && await prepareWebGPU()) {
    parts.ops = { ...parts.ops, valuesNow: (x) => x.size === 1 ? x.dataSync() as Float32Array : null };
  }
  const backend = { name, ...parts, blas: library?.name ?? null, adapter: adapter?.description ?? null };
  return { backend, library };
}

/** Our operations on the running wasm backend. A process has one build of the kernels: the first asked for. */
function wasmParts(asked: "auto" | "plain"): { ops: Ops; simd: KernelBuild } {
  if (!wasm) {
    const simd = chooseBuild(asked), kernels = startKernels(simd);
    const multiply = products(() => wasmBlas, kernels);
    const attention = attentionOf(kernels, multiply, () => wasmBlas !== null);
    registerWasmKernels(kernels, multiply);
    const layout = () => {
      if (!wasmBlas) return panels(kernels);
      return wasmBlas.takesUnpacked ? blasPanels(kernels, multiply) : blasLayout(multiply);
    };
    const ops = {
      ...fusedOps(kernels, multiply, attention),
      inference: () => inferenceOps(kernels, attention, layout()),
    };
    wasm = { ops, simd };
  }
  return wasm;
}
