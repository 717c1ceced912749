/** Which backend serves: the one asked for, or the faster one. */
import type { Config } from "../config.ts";
import { type Backend, startBackend, webgpuAdapter } from "../tensor/mod.ts";

/** Starts the backend that `DPB_BACKEND` names; `auto` takes wasm unless a real adapter is there. */
export async function chooseBackend(config: Config): Promise<Backend> {
  if (config.backend !== "auto") return await startBackend(config.backend, { blas: config.blas });
  const adapter = await webgpuAdapter();
  const name = adapter && !adapter.isFallback ? "webgpu" : "wasm";
  return await startBackend(name, { blas: config.blas });
}
