/**
 * Compiles the kernels of `kernels/` in both builds. `deno task build:kernels [FOLDER]` writes `relaxed.wasm` and
 * `plain.wasm` into FOLDER, without one to where they are used.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAtomic } from "../files/atomic.ts";
import type { KernelBuild } from "./kernels.ts";

/**
 * Imported by a variable and run without the lock file: named where Deno sees it beforehand, the compiler (100 MB)
 * would be downloaded by everybody who runs the suite.
 */
const compiler = "npm:assemblyscript@0.28.20/asc";

/** The part of the compiler's interface that is used. */
interface Compiler {
  main(args: string[], files: {
    readFile(name: string): Promise<string | null>;
    writeFile(name: string, contents: string | Uint8Array): void;
    listFiles(): string[];
  }): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

/** What a build may use beside WebAssembly's first version: fused multiply-adds or only plain 128-bit SIMD. */
const features: Record<KernelBuild, string> = { relaxed: "simd,relaxed-simd", plain: "simd" };

const folder = fileURLToPath(new URL("kernels/", import.meta.url));

/** AssemblyScript looks like TypeScript but is not; under a name of its own, Deno's tools leave it alone. */
const readSource = (name: string): Promise<string | null> =>
  Deno.readTextFile(join(folder, name.replace(/\.ts$/, ".as"))).catch(() => null);

/** Compiles a build from its sources. Throws with the compiler's words where they are wrong. */
async function compileKernels(asc: Compiler, build: KernelBuild): Promise<Uint8Array> {
  let binary: Uint8Array | null = null;
  const { error, stderr } = await asc.main([
    "index.ts",
    "--outFile=kernels.wasm",
    "-O3",
    // The memory is tfjs's: no allocator, no static data, nothing exported but functions.
    "--runtime=stub",
    "--importMemory",
    "--noExportMemory",
    // Where a memory may be empty, V8 checks the offset of every load beside its address.
    "--initialMemory=1",
    `--enable=${features[build]}`,
  ], {
    readFile: readSource,
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`The ${build} kernels do not compile: ${error?.message}\n${stderr}`);
  return binary;
}

if (import.meta.main) {
  const { default: asc } = await import(compiler) as { default: Compiler };
  for (const build of ["relaxed", "plain"] as const) {
    const binary = await compileKernels(asc, build);
    await writeAtomic(join(Deno.args[0] ?? folder, `${build}.wasm`), binary);
    console.log(`${build}: ${binary.length} bytes`);
  }
}
