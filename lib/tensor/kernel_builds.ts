/**
 * The two builds of the kernels in `kernels/`. Run as a program (`deno task build:kernels`) it compiles both and
 * writes `kernels/relaxed.wasm` and `kernels/plain.wasm`.
 */
import asc from "assemblyscript/asc";
import { writeAtomic } from "../atomic.ts";
import { type KernelBuild, kernelFile } from "./kernels.ts";
import { fileURLToPath } from "node:url";

/** What the builds may use beside WebAssembly's first version: fused multiply-adds or only plain 128-bit SIMD. */
const features: Record<KernelBuild, string> = { relaxed: "simd,relaxed-simd", plain: "simd" };
/** AssemblyScript looks like TypeScript but is not; under a name of its own, Deno's tools leave it alone. */
const readSource = (name: string): Promise<string | null> =>
  Deno.readTextFile(new URL(`kernels/${name}`, import.meta.url)).catch(() => null);

/** Compiles a build from its sources. Throws with the compiler's words where they are wrong. */
export async function compileKernels(build: KernelBuild): Promise<Uint8Array> {
  let binary: Uint8Array | null = null;
  const { error, stderr } = await asc.main([
    "index.ts",
    "--outFile=kernels.wasm",
    "-O3",
    // The memory is tfjs's: no allocator, no static data, nothing exported but functions.
    "--runtime=stub",
    "--importMemory",
    "--noExportMemory",
    `--enable=${features[build]}`,
  ], {
    readFile: (name) => readSource(name.replace(/\.ts$/, ".as")),
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`The ${build} kernels do not compile: ${error?.message}\n${stderr}`);
  return binary;
}

if (import.meta.main) {
  for (const build of ["relaxed", "plain"] as const) {
    const binary = await compileKernels(build);
    await writeAtomic(fileURLToPath(kernelFile(build)), binary);
    console.log(`${build}: ${binary.length} bytes`);
  }
}
