/**
 * A BLAS of the system, opened through Deno's FFI and called on addresses inside tfjs's own wasm heap: one thread,
 * no copies. Optional; without one the wasm backend multiplies by itself.
 */
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
  gemm: Gemm;
}

const candidates: Record<string, string[]> = {
  linux: ["libopenblas.so.0", "libopenblas.so"],
  darwin: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"],
  windows: ["libopenblas.dll"],
};

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
    } as const,
  );
  // One run is one thread (design: parallelism is over runs), which also makes its sums reproducible.
  symbols.threads?.(1);
  // deno-lint-ignore no-explicit-any
  const sgemm = symbols.gemm as (...args: any[]) => void;
  return {
    name: symbols.threads ? "openblas" : path.includes("Accelerate") ? "accelerate" : "blas",
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
 * Finds a BLAS. `setting` is `DPB_BLAS`: `auto` takes the first library that opens or none, `off` none, anything
 * else is a path. Throws `InputError` when a named library does not open.
 */
export function findBlas(setting: string): Blas | null {
  if (setting === "off") return null;
  if (setting !== "auto") {
    const blas = openAny(setting);
    if (typeof blas !== "string") return blas;
    throw new InputError(
      `DPB_BLAS names "${setting}", which does not open as a BLAS (${blas}). Give the path of a library with cblas_sgemm, or "auto" or "off".`,
    );
  }
  for (const path of candidates[Deno.build.os] ?? []) {
    const blas = openAny(path);
    if (typeof blas !== "string") return blas;
  }
  return null;
}
