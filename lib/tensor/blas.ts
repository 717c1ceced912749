/**
 * A BLAS of the system, opened through Deno's FFI and called on addresses inside tfjs's own wasm heap: one thread,
 * no copies. Optional; without one the wasm backend multiplies by itself.
 */
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";

/**
 * `C = op(A) op(B)`, or `C +=` with `accumulate`, in float32, row-major; a, b, c are addresses, lda, ldb, ldc row
 * lengths in floats.
 */
export type Gemm = (
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

export interface Blas {
  /** Kind of library, without its path: it goes into run records. */
  name: "openblas" | "accelerate" | "blas";
  /** What it was opened as: a path, or a name that the system knows. Never recorded. */
  path: string;
  gemm: Gemm;
  /** Whether it multiplies up to `mostUnpacked` multiply-adds straight from where its operands lie. */
  takesUnpacked: boolean;
}

/**
 * Multiply-adds that OpenBLAS does without packing first, on processors with AVX-512 and under these names of its own
 * for them (`sgemm_small_kernel_permit_skylakex.c`).
 */
export const mostUnpacked = 1e6;
const unpackedCores = ["skylakex", "cooperlake", "sapphirerapids"];

const systemLibraries: Record<string, string[]> = {
  linux: ["libopenblas.so.0", "libopenblas.so"],
  darwin: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"],
  windows: ["libopenblas.dll"],
};

/** Where `setup --blas` puts a BLAS (`blas_wheel.ts`), whether it is there or not. */
export const fetchedBlas = fileURLToPath(
  new URL(
    `../../data/.cache/blas/libscipy_openblas.${Deno.build.os === "windows" ? "dll" : "so"}`,
    import.meta.url,
  ),
);

/** What `auto` tries, in this order: the system's own first. */
export const blasCandidates: readonly string[] = [...systemLibraries[Deno.build.os] ?? [], fetchedBlas];

const rowMajor = 101, plain = 111, transposed = 112;
const gemmTypes = {
  parameters: [
    ...Array(6).fill("i32"),
    "f32",
    ...["usize", "i32", "usize", "i32"],
    "f32",
    ...["usize", "i32"],
  ] as Deno.NativeType[],
  result: "void",
} as const;

function open(path: string, prefix: string): Blas {
  const { symbols } = Deno.dlopen(
    path,
    {
      gemm: { name: `${prefix}cblas_sgemm`, ...gemmTypes },
      threads: {
        name: `${prefix}openblas_set_num_threads`,
        parameters: ["i32"],
        result: "void",
        optional: true,
      },
      core: { name: `${prefix}openblas_get_corename`, parameters: [], result: "pointer", optional: true },
    } as const,
  );
  // One run is one thread (design: parallelism is over runs), which also makes its sums reproducible.
  symbols.threads?.(1);
  const core = symbols.core?.(), coreName = core ? Deno.UnsafePointerView.getCString(core) : "";
  // deno-lint-ignore no-explicit-any
  const sgemm = symbols.gemm as (...args: any[]) => void;
  return {
    name: symbols.threads ? "openblas" : path.includes("Accelerate") ? "accelerate" : "blas",
    path,
    takesUnpacked: unpackedCores.includes(coreName.toLowerCase()),
    gemm: (ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate) =>
      sgemm(
        rowMajor,
        ta ? transposed : plain,
        tb ? transposed : plain,
        m,
        n,
        k,
        1,
        a,
        lda,
        b,
        ldb,
        accumulate ? 1 : 0,
        c,
        ldc,
      ),
  };
}

/** Opens the library at `path`; the wheel `scipy-openblas32` prefixes its symbols with `scipy_`. */
function openAny(path: string): Blas | string {
  let problem = "";
  for (const prefix of ["", "scipy_"]) {
    try {
      return open(path, prefix);
    } catch (error) {
      problem ||= (error as Error).message;
    }
  }
  return problem;
}

/**
 * Finds a BLAS. `setting` is `DPB_BLAS`: `auto` takes the first of `candidates` that opens or none, `off` none, anything
 * else is a path. Throws `InputError` when a named library does not open.
 */
export function findBlas(setting: string, candidates = blasCandidates): Blas | null {
  if (setting === "off") return null;
  if (setting !== "auto") {
    const blas = openAny(setting);
    if (typeof blas !== "string") return blas;
    throw new InputError(
      `DPB_BLAS names "${setting}", which does not open as a BLAS (${blas}). Give the path of a library with cblas_sgemm, or "auto" or "off".`,
    );
  }
  for (const path of candidates) {
    const blas = openAny(path);
    if (typeof blas !== "string") return blas;
  }
  return null;
}

/**
 * Largest difference between `gemm`'s product of two 64 x 64 matrices of sines and that of a plain loop in float64.
 * About 1e-6 where the library is right.
 */
export function blasDifference(gemm: Gemm): number {
  const n = 64;
  const sines = (step: number) => Float32Array.from({ length: n * n }, (_, i) => Math.sin(i * step));
  const a = sines(1.1), b = sines(0.7), c = new Float32Array(n * n).fill(NaN); // it must not read what it overwrites
  const address = (values: Float32Array<ArrayBuffer>) =>
    Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(values)));
  gemm(false, false, n, n, n, address(a), n, address(b), n, address(c), n, false);
  const differences = c.map((found, i) => {
    const row = n * Math.floor(i / n), column = i % n;
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[row + k] * b[n * k + column];
    return Math.abs(found - sum);
  });
  return Math.max(...differences);
}
