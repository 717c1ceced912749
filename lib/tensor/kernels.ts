/**
 * Our own WebAssembly kernels (sources in `kernels/`), running in tfjs's memory. All places are byte addresses in its
 * heap, all sizes are counts; what each computes is written in its source.
 */

/** Relaxed SIMD (fused multiply-adds, which may round differently from CPU to CPU) or plain SIMD. */
export type KernelBuild = "relaxed" | "plain";

/** Where a build lies. */
export const kernelFile = (build: KernelBuild): URL => new URL(`kernels/${build}.wasm`, import.meta.url);

export interface Kernels {
  readonly build: KernelBuild;
  /** `C (+)= A B` for matrices given by address, row stride and column stride (bytes); C's rows are contiguous. */
  gemm(
    m: number,
    n: number,
    k: number,
    a: number,
    rowA: number,
    colA: number,
    b: number,
    rowB: number,
    colB: number,
    c: number,
    rowC: number,
    accumulate: boolean,
  ): void;
  /** out [columns, rows] = the transpose of x, whose rows are `rowX` bytes apart. */
  transpose(rows: number, columns: number, x: number, rowX: number, out: number): void;
  /** Lays weight [outputs, inputs] out for `addPacked`: inputs times outputs (rounded up to 8) floats. */
  packWeight(outputs: number, inputs: number, weight: number, packed: number): void;
  /** y [rows, outputs] += x [rows, inputs] W^T, W as `packWeight` laid it out. */
  addPacked(rows: number, outputs: number, inputs: number, x: number, packed: number, y: number): void;
  /** y [outputs] = W x + bias for one row x [inputs] and weight [outputs, inputs]. */
  affineRow(outputs: number, inputs: number, x: number, weight: number, bias: number, y: number): void;
  /** out = a + b over `count` floats. */
  add(count: number, a: number, b: number, out: number): void;
  /** out = a b over `count` floats. */
  multiply(count: number, a: number, b: number, out: number): void;
  /** out = x + row for every row. */
  addRow(rows: number, width: number, x: number, row: number, out: number): void;
  /** Every row of out becomes `row`. */
  repeatRow(rows: number, width: number, row: number, out: number): void;
  /** out [width] = sum of the rows of x. */
  columnSums(rows: number, width: number, x: number, out: number): void;
  /** Sum of squares in double precision. */
  sumOfSquares(count: number, x: number): number;
  /** x becomes its GELU, `slope` the derivative there. */
  gelu(count: number, x: number, slope: number): void;
  /** x becomes its GELU. */
  geluValues(count: number, x: number): void;
  /** x becomes its normalised rows, y the scaled and shifted ones, `inverse` [rows] 1 / deviation. */
  layerNorm(
    rows: number,
    width: number,
    x: number,
    weight: number,
    bias: number,
    epsilon: number,
    y: number,
    inverse: number,
  ): void;
  /** x [rows, width] becomes its LayerNorm, nothing kept for a gradient. */
  normValues(rows: number, width: number, x: number, weight: number, bias: number, epsilon: number): void;
  layerNormGradient(
    rows: number,
    width: number,
    dy: number,
    normal: number,
    inverse: number,
    weight: number,
    dx: number,
    dWeight: number,
    dBias: number,
  ): void;
  /** A head's scores [keys, queries] become masked softmax weights of `scores * scale`; mask [keys]. */
  attentionWeights(length: number, scores: number, mask: number, scale: number): void;
  /** The gradient `d` of a head's weights becomes its scores' (before `scale`). */
  attentionWeightsGradient(length: number, weights: number, d: number, scale: number): void;
  /** qkv [batch, length, 3 heads size] gives weights [batch, heads, keys, queries] and value. */
  attention(
    batch: number,
    length: number,
    heads: number,
    size: number,
    qkv: number,
    mask: number,
    scale: number,
    weights: number,
    value: number,
  ): void;
  /** qkv becomes its gradient, given the value's; `spare`: length (length + size) floats. */
  attentionGradient(
    batch: number,
    length: number,
    heads: number,
    size: number,
    qkv: number,
    scale: number,
    weights: number,
    dValue: number,
    spare: number,
  ): void;
  /** Logits become probabilities; `parts` [rows, 2]: largest logit, sum of exp(logit - largest). */
  softmax(rows: number, width: number, logits: number, parts: number): void;
  /** The first position of `index` [count] that names none of `rows` rows, or -1. */
  firstOutside(count: number, index: number, rows: number): number;
  /** out[i] = x[index[i]]. */
  gatherRows(count: number, width: number, x: number, index: number, out: number): void;
  /** Copies rows of `width` floats that are `rowFrom` and `rowTo` bytes apart. */
  copyRows(rows: number, width: number, from: number, rowFrom: number, to: number, rowTo: number): void;
  /** out[index[i]] = x[i]. */
  placeRows(count: number, width: number, x: number, index: number, out: number): void;
  /** out[index[i]] += x[i]. */
  addRows(count: number, width: number, x: number, index: number, out: number): void;
  /** out[index[i]] = 0. */
  clearRows(count: number, width: number, index: number, out: number): void;
  /** One AdamW update in place; the numbers after `scale` are named in `kernels/adamw.as`. */
  adamw(
    count: number,
    param: number,
    gradient: number,
    first: number,
    second: number,
    scale: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    kept: number,
    rate: number,
    inverse2: number,
    epsilon: number,
  ): void;
}

/** Bytes that `loadKernels` needs to itself: gemm's panel, block and strips (`kernels/gemm.as`). */
export const scratchBytes = 8192 + 128 + 65536;

/** The build this machine runs; `plain` asks for the one that computes the same on every machine. */
export function chooseBuild(setting: "auto" | "plain"): KernelBuild {
  if (setting === "plain") return "plain";
  return WebAssembly.validate(Deno.readFileSync(kernelFile("relaxed"))) ? "relaxed" : "plain";
}

/** Starts the kernels of `build` on `memory`; `scratch` is the address of `scratchBytes` bytes that are theirs. */
export function loadKernels(build: KernelBuild, memory: WebAssembly.Memory, scratch: number): Kernels {
  const module = new WebAssembly.Module(Deno.readFileSync(kernelFile(build)));
  // deno-lint-ignore no-explicit-any
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as any;
  kernels.setConstants();
  return {
    ...kernels,
    build,
    gemm: (m, n, k, a, rowA, colA, b, rowB, colB, c, rowC, accumulate) =>
      kernels.gemm(m, n, k, a, rowA, colA, b, rowB, colB, c, rowC, accumulate, scratch),
    addPacked: (rows, outputs, inputs, x, packed, y) =>
      kernels.addPacked(rows, outputs, inputs, x, packed, y, scratch),
    attention: (batch, length, heads, size, qkv, mask, scale, weights, value) =>
      kernels.attention(batch, length, heads, size, qkv, mask, scale, weights, value, scratch),
    attentionGradient: (batch, length, heads, size, qkv, scale, weights, dValue, spare) =>
      kernels.attentionGradient(batch, length, heads, size, qkv, scale, weights, dValue, spare, scratch),
  };
}
