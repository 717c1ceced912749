import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfig } from "../config.ts";
import { startBackend } from "./backend.ts";
import { composedOps } from "./composed.ts";
import { largestError } from "./finite_differences.ts";
import { wasmBackend } from "./heap.ts";
import { floatTensor, intTensor, liveTensors, mul, sum, valueAndGradients, variable } from "./math.ts";
import type { Ops } from "./ops.ts";
import { random } from "./random.ts";
import { type Tensor, tf } from "./tf.ts";

const { blas, simd } = readConfig();
const { ops: fused } = await startBackend("wasm", { blas, simd });
const composed = composedOps("wasm");

/** Inputs of given shapes, an operation on them, and the row lengths or indices it takes beside. */
interface Call {
  name: string;
  shapes: number[][];
  run(ops: Ops, inputs: Tensor[]): Tensor;
}

/** A value and its gradients by every input, for a fixed weighting of the elements. */
function evaluate(ops: Ops, { name, shapes, run }: Call, seed: number): Float32Array[] {
  const rng = random(seed, name);
  const drawn = (shape: number[]) =>
    floatTensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 2 * rng() - 1), shape);
  const params = shapes.map((shape) => variable(drawn(shape)));
  const result = tf.tidy(() => {
    const value = run(ops, params), weights = drawn(value.shape);
    const { value: total, gradients } = valueAndGradients(() => sum(mul(run(ops, params), weights)), params);
    return [value, total, ...gradients as Tensor[]].map((x) => x.dataSync() as Float32Array);
  });
  tf.dispose(params);
  return result;
}

/** The two implementations agree on value and gradients; nothing is left behind. */
function agree(call: Call, seed: number, tolerance = 2e-5): void {
  const live = liveTensors();
  const [found, expected] = [fused, composed].map((ops) => evaluate(ops, call, seed));
  expected.forEach((values, i) => {
    const error = largestError(found[i], values);
    assert.ok(
      error < tolerance,
      `${call.name} of ${JSON.stringify(call.shapes)}: output ${i} is off by ${error}`,
    );
  });
  assert.equal(liveTensors(), live);
}

const dimension = (max: number) => fc.integer({ min: 1, max });
const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, holds), { seed: 11, numRuns: 25 });

Deno.test("fused linear operations equal the composed ones, values and gradients, at any size", () =>
  check(
    fc.tuple(dimension(3), dimension(19), dimension(37), dimension(37), dimension(1e6)),
    ([b, t, i, o, seed]) => {
      const affine = [[b, t, i], [o, i], [o]];
      agree({ name: "linear", shapes: affine, run: (ops, [x, w, bias]) => ops.linear(x, w, bias) }, seed);
      agree(
        { name: "linearGelu", shapes: affine, run: (ops, [x, w, bias]) => ops.linearGelu(x, w, bias) },
        seed,
      );
      agree(
        {
          name: "linearAddLayerNorm",
          shapes: [...affine, [b, t, o], [o], [o]],
          run: (ops, [x, w, bias, r, normW, normB]) =>
            ops.linearAddLayerNorm(x, w, bias, r, normW, normB, 1e-2),
        },
        seed,
        2e-4,
      );
      agree(
        {
          name: "addLayerNorm",
          shapes: [[b, t, o], [b, t, o], [o], [o]],
          run: (ops, [x, r, w, bias]) => ops.addLayerNorm(x, r, w, bias, 1e-2),
        },
        seed,
        2e-4,
      );
    },
  ));

Deno.test("fused attention equals the composed one at any size, rows without any token included", () =>
  check(
    fc.tuple(
      dimension(4),
      fc.oneof({ weight: 3, arbitrary: dimension(23) }, fc.integer({ min: 41, max: 70 })), // from 41, a BLAS serves
      dimension(3),
      fc.oneof({ weight: 3, arbitrary: dimension(20) }, fc.integer({ min: 20, max: 33 })),
      dimension(1e6),
    ),
    ([b, t, heads, d, seed]) => {
      const rng = random(seed, "lengths");
      const lengths = Array.from({ length: b }, () => Math.floor(rng() * (t + 1)));
      const mask = lengths.flatMap((length) => Array.from({ length: t }, (_, i) => i < length ? 1 : 0));
      agree(
        {
          name: "attention",
          shapes: [[b, t, 3 * heads * d]],
          run: (ops, [qkv]) => ops.attention(qkv, floatTensor(mask, [b, t]), heads),
          // Without any token, -10000 swallows four digits of every score.
        },
        seed,
        lengths.includes(0) ? 2e-3 : 2e-5,
      );
    },
  ));

Deno.test("fused row operations and cross-entropy equal the composed ones at any size", () =>
  check(
    fc.tuple(dimension(9), dimension(13), dimension(12), dimension(1e6)),
    ([rows, width, count, seed]) => {
      const rng = random(seed, "rows");
      const ids = Array.from({ length: count }, () => Math.floor(rng() * rows));
      const distinct = [...new Set(ids)];
      const index = () => intTensor(distinct, [distinct.length]);
      agree({
        name: "embed",
        shapes: [[rows, width]],
        run: (ops, [x]) => ops.embed(x, intTensor(ids, [1, count])),
      }, seed);
      agree(
        { name: "gatherRows", shapes: [[rows, width]], run: (ops, [x]) => ops.gatherRows(x, index()) },
        seed,
      );
      agree({
        name: "scatterRows",
        shapes: [[rows, 1, width], [distinct.length, 1, width]],
        run: (ops, [x, updates]) => ops.scatterRows(x, index(), updates),
      }, seed);
      agree({
        name: "crossEntropy",
        shapes: [[count, rows + 1]], // tfjs's oneHot wants two classes
        run: (ops, [x]) => ops.crossEntropy(x, intTensor(ids, [count])),
      }, seed);
    },
  ));

Deno.test("an operation gives the same bytes twice, and again in a heap that has grown", () => {
  const call: Call = {
    name: "linearGelu",
    shapes: [[40, 64], [96, 64], [96]],
    run: (ops, [x, w, b]) => ops.linearGelu(x, w, b),
  };
  const first = evaluate(fused, call, 1);
  assert.deepEqual(evaluate(fused, call, 1), first);
  const before = wasmBackend().wasm.HEAPU8.length;
  const large = tf.zeros([before / 4]);
  assert.ok(wasmBackend().wasm.HEAPU8.length > before);
  assert.deepEqual(evaluate(fused, call, 1), first);
  large.dispose();
});

Deno.test("operations refuse shapes that do not fit before a kernel sees them", () => {
  const f = (...shape: number[]) => tf.zeros(shape);
  const refuses = (run: () => Tensor, ...words: string[]) =>
    assert.throws(() => tf.tidy(run), (error: Error) => words.every((word) => error.message.includes(word)));
  refuses(() => fused.linear(f(2, 3), f(4, 5), f(4)), "linear", "[2,3]", "[4,5]");
  refuses(() => fused.linear(f(2, 3), f(4, 3), f(5)), "linear");
  refuses(() => fused.linear(f(2, 3).toInt(), f(4, 3), f(4)), "linear", "int32");
  refuses(() => fused.addLayerNorm(f(2, 3), f(3, 2), f(3), f(3), 1), "addLayerNorm");
  refuses(
    () => fused.linearAddLayerNorm(f(2, 3), f(4, 3), f(4), f(2, 3), f(4), f(4), 1),
    "linearAddLayerNorm",
  );
  refuses(() => fused.attention(f(2, 5, 12), f(2, 4), 2), "attention", "[2,5,12]");
  refuses(() => fused.attention(f(2, 5, 12), f(2, 5), 3), "attention");
  refuses(() => fused.embed(f(4, 3), intTensor([0, 4], [1, 2])), "embed", "row 4", "4 rows");
  refuses(() => fused.gatherRows(f(4, 3), intTensor([-1], [1])), "gatherRows", "row -1");
  refuses(() => fused.scatterRows(f(4, 3), intTensor([1, 2], [2]), f(3, 3)), "scatterRows");
  refuses(() => fused.crossEntropy(f(2, 3), intTensor([0, 3], [2])), "crossEntropy", "row 3");
});
