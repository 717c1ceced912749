import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { startBackend, webgpuAdapter } from "./backend.ts";
import * as reference from "./composed_reference.ts";
import { finiteDifferences, largestError } from "./finite_differences.ts";
import {
  floatTensor,
  intTensor,
  liveTensors,
  matMul,
  mul,
  sum,
  valueAndGradients,
  variable,
} from "./math.ts";
import type { BackendName, Ops } from "./ops.ts";
import { random } from "./random.ts";
import { type Tensor, tf } from "./tf.ts";

/** An operation on inputs of given shapes, as `Ops` computes it and as float64 does. */
interface Case {
  name: string;
  shapes: number[][];
  run(ops: Ops, inputs: Tensor[]): Tensor;
  expected(inputs: number[][]): number[];
  /** Spread of the inputs; 1 unless said. */
  spread?: number;
}

// The last product is large enough for a BLAS.
const linearCases = [[1, 1, 1], [3, 5, 7], [1, 9, 4], [6, 4, 1], [5, 1, 3], [13, 8, 16], [17, 19, 21]]
  .flatMap(([rows, inputs, outputs]): Case[] => {
    const shapes = [rows === 6 ? [2, 3, inputs] : [rows, inputs], [outputs, inputs], [outputs]];
    const size = `${rows}x${inputs} -> ${outputs}`;
    return [{
      name: `linear ${size}`,
      shapes,
      run: (ops, [x, w, b]) => ops.linear(x, w, b),
      expected: ([x, w, b]) => reference.linear(x, w, b),
    }, {
      name: `linearGelu ${size}`,
      shapes,
      run: (ops, [x, w, b]) => ops.linearGelu(x, w, b),
      expected: ([x, w, b]) => reference.linear(x, w, b).map(reference.gelu),
    }, {
      name: `linearAddLayerNorm ${size}`,
      shapes: [...shapes, [...shapes[0].slice(0, -1), outputs], [outputs], [outputs]],
      run: (ops, [x, w, b, r, normW, normB]) => ops.linearAddLayerNorm(x, w, b, r, normW, normB, 1e-3),
      expected: ([x, w, b, r, normW, normB]) =>
        reference.addLayerNorm(reference.linear(x, w, b), r, normW, normB, 1e-3),
    }];
  });

const normCases = [[1, 1, 1], [1, 1, 7], [2, 3, 5], [4, 1, 2], [2, 5, 16]].map((shape): Case => ({
  name: `addLayerNorm ${shape}`,
  shapes: [shape, shape, shape.slice(2), shape.slice(2)],
  run: (ops, [x, r, w, b]) => ops.addLayerNorm(x, r, w, b, 1e-6),
  expected: ([x, r, w, b]) => reference.addLayerNorm(x, r, w, b, 1e-6),
}));

/** Batch rows of the given lengths, padded to the longest. */
function paddingMask(lengths: number[]): number[] {
  const longest = Math.max(...lengths);
  return lengths.flatMap((length) => Array.from({ length: longest }, (_, t) => t < length ? 1 : 0));
}

const attentionCases = [
  { lengths: [1], heads: 1, size: 1 },
  { lengths: [1, 1], heads: 2, size: 3 },
  { lengths: [5, 2], heads: 2, size: 3 },
  { lengths: [3, 7, 1], heads: 3, size: 1 },
  { lengths: [4, 9], heads: 1, size: 5 },
  { lengths: [18, 3], heads: 1, size: 17 },
].map(({ lengths, heads, size }): Case => {
  const mask = paddingMask(lengths), length = Math.max(...lengths);
  return {
    name: `attention of rows ${lengths}, ${heads} heads of ${size}`,
    shapes: [[lengths.length, length, 3 * heads * size]],
    run: (ops, [qkv]) => ops.attention(qkv, floatTensor(mask, [lengths.length, length]), heads),
    expected: ([qkv]) => reference.attention(qkv, mask, lengths.length, heads),
  };
});

const rowsOf = (x: number[], width: number, rows: number[]) =>
  rows.flatMap((row) => x.slice(row * width, (row + 1) * width));

const embedCases = [
  { table: [5, 3], ids: [4, 0, 4, 4, 1, 0, 2, 4], shape: [2, 4] },
  { table: [1, 1], ids: [0], shape: [1, 1] },
  { table: [3, 9], ids: [2, 2, 2], shape: [3, 1] },
].map(({ table, ids, shape }): Case => ({
  name: `embed of ids ${ids} in ${table}`,
  shapes: [table],
  run: (ops, [x]) => ops.embed(x, intTensor(ids, shape)),
  expected: ([x]) => rowsOf(x, table[1], ids),
}));

const rowCases = [
  { shape: [4, 2, 3], rows: [2, 0] },
  { shape: [1, 1], rows: [0] },
  { shape: [3, 5], rows: [2, 1, 0] },
  { shape: [6, 1, 1], rows: [5] },
].flatMap(({ shape, rows }): Case[] => {
  const width = shape.slice(1).reduce((a, b) => a * b);
  const index = () => intTensor(rows, [rows.length]);
  return [{
    name: `gatherRows ${rows} of ${shape}`,
    shapes: [shape],
    run: (ops, [x]) => ops.gatherRows(x, index()),
    expected: ([x]) => rowsOf(x, width, rows),
  }, {
    name: `scatterRows ${rows} of ${shape}`,
    shapes: [shape, [rows.length, ...shape.slice(1)]],
    run: (ops, [x, updates]) => ops.scatterRows(x, index(), updates),
    expected: ([x, updates]) => {
      const out = [...x];
      rows.forEach((row, at) =>
        out.splice(row * width, width, ...updates.slice(at * width, (at + 1) * width))
      );
      return out;
    },
  }];
});

const entropyCases = [
  { logits: [3, 2], labels: [1, 0, 1] },
  { logits: [1, 3], labels: [2] },
  { logits: [1, 2], labels: [0] },
  { logits: [5, 3], labels: [0, 1, 2, 1, 0], spread: 20 },
].map(({ logits, labels, spread }): Case => ({
  name: `crossEntropy of ${logits}${spread ? ", large logits" : ""}`,
  shapes: [logits],
  run: (ops, [x]) => ops.crossEntropy(x, intTensor(labels, [labels.length])),
  expected: ([x]) => reference.crossEntropy(x, labels),
  spread,
}));

const cases = [...linearCases, ...normCases, ...attentionCases, ...embedCases, ...rowCases, ...entropyCases];

const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
const draw = (purpose: string, count: number, spread: number) => {
  const rng = random(0, purpose);
  return Array.from({ length: count }, () => Math.fround((2 * rng() - 1) * spread));
};

/** Value and gradients of one case against float64 and its finite differences. */
async function conforms(ops: Ops, { name, shapes, run, expected, spread = 1 }: Case): Promise<void> {
  const inputs = shapes.map((shape, i) => draw(`${name}/${i}`, size(shape), spread));
  const value = expected(inputs), weights = draw(`${name}/weights`, value.length, 1);
  const scalarOf = (x: number[][]) => expected(x).reduce((total, y, i) => total + y * weights[i], 0);
  const slopes = finiteDifferences(scalarOf, inputs);
  const params = inputs.map((x, i) => variable(floatTensor(x, shapes[i])));
  const y = tf.tidy(() => run(ops, params));
  const error = largestError(await y.data() as Float32Array, value);
  assert.ok(error < 1e-4, `${name}: value is off by ${error}`);
  const { value: total, gradients } = valueAndGradients(
    () => sum(mul(run(ops, params), floatTensor(weights, y.shape))),
    params,
  );
  for (const [i, gradient] of gradients.entries()) {
    assert.ok(gradient, `${name}: input ${i} has no gradient`);
    assert.deepEqual(gradient.shape, shapes[i]);
    const error = largestError(await gradient.data() as Float32Array, slopes[i]);
    assert.ok(error < 5e-4, `${name}: gradient of input ${i} is off by ${error}`);
  }
  tf.dispose([y, total, ...gradients as Tensor[], ...params]);
}

/** Five updates with decay and a gradient scale, against PyTorch's order of operations. */
async function adamwConforms(ops: Ops): Promise<void> {
  const settings = { learningRate: 0.05, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
  const start = draw("adamw/param", 13, 1), scale = 0.25;
  const gradients = Array.from({ length: 5 }, (_, step) => draw(`adamw/${step}`, 13, 2));
  gradients[2].fill(0);
  const zeros = () => variable(tf.zeros([13]));
  const param = variable(floatTensor(start, [13])), moments = { first: zeros(), second: zeros() };
  const factor = tf.scalar(scale);
  const live = liveTensors();
  for (const [step, values] of gradients.entries()) {
    const gradient = floatTensor(values, [13]);
    const correction1 = 1 - settings.beta1 ** (step + 1), correction2 = 1 - settings.beta2 ** (step + 1);
    ops.adamw(param, gradient, moments, factor, { ...settings, correction1, correction2 });
    gradient.dispose();
  }
  assert.equal(liveTensors(), live);
  const expected = reference.adamw(start, gradients.map((g) => g.map((x) => x * scale)), settings);
  const error = largestError(await param.data() as Float32Array, expected);
  assert.ok(error < 2e-6, `off by ${error}`);
  tf.dispose([param, moments.first, moments.second, factor]);
}

/** The shape at which tfjs's WebGPU backend would pick its split-K program, which is wrong with transposeB. */
async function longInnerSizeConforms(): Promise<void> {
  const a = draw("splitK/a", 64 * 2000, 1), b = draw("splitK/b", 64 * 2000, 1);
  const product = tf.tidy(() => matMul(floatTensor(a, [64, 2000]), floatTensor(b, [64, 2000]), false, true));
  const error = largestError(
    await product.data() as Float32Array,
    reference.linear(a, b, Array(64).fill(0)),
  );
  assert.ok(error < 1e-3, `off by ${error}`);
  product.dispose();
}

/** Batched and broadcast products with every flag against float64. */
async function productsConform(): Promise<void> {
  for (const [batchA, batchB] of [[1, 1], [3, 3], [3, 1], [1, 2]]) {
    for (const [ta, tb] of [[false, false], [true, false], [false, true], [true, true]]) {
      const [m, k, n] = [3, 5, 7];
      const shapeA = [batchA, ...(ta ? [k, m] : [m, k])], shapeB = [batchB, ...(tb ? [n, k] : [k, n])];
      const name = `product ${shapeA} ${shapeB} ${ta} ${tb}`;
      const a = draw(`${name}/a`, size(shapeA), 1), b = draw(`${name}/b`, size(shapeB), 1);
      const expected: number[] = [];
      for (let i = 0; i < Math.max(batchA, batchB); i++) {
        const atA = (i % batchA) * m * k, atB = (i % batchB) * k * n;
        for (let row = 0; row < m; row++) {
          for (let col = 0; col < n; col++) {
            let total = 0;
            for (let j = 0; j < k; j++) {
              total += a[atA + (ta ? j * m + row : row * k + j)] * b[atB + (tb ? col * k + j : j * n + col)];
            }
            expected.push(total);
          }
        }
      }
      const product = tf.tidy(() => matMul(floatTensor(a, shapeA), floatTensor(b, shapeB), ta, tb));
      assert.deepEqual(product.shape, [Math.max(batchA, batchB), m, n], name);
      const error = largestError(await product.data() as Float32Array, expected);
      assert.ok(error < 1e-5, `${name}: off by ${error}`);
      product.dispose();
    }
  }
}

/** A NaN stays a NaN in its row and nowhere else, so that a diverged loss is seen. */
async function notANumberPasses(ops: Ops): Promise<void> {
  const ones = (shape: number[]) => tf.ones(shape);
  const x = () => floatTensor([NaN, 1, 2, 3], [2, 2]);
  const results: Record<string, Tensor> = tf.tidy(() => ({
    linear: ops.linear(x(), ones([1, 2]), ones([1])),
    linearGelu: ops.linearGelu(x(), ones([1, 2]), ones([1])),
    addLayerNorm: ops.addLayerNorm(x(), ones([2, 2]), ones([2]), ones([2]), 1e-6),
    linearAddLayerNorm: ops.linearAddLayerNorm(
      x(),
      ones([3, 2]),
      ones([3]),
      ones([2, 3]),
      ones([3]),
      ones([3]),
      1e-6,
    ),
    attention: ops.attention(floatTensor([NaN, 1, 1, 2, 2, 2], [2, 1, 3]), ones([2, 1]), 1),
    crossEntropy: ops.crossEntropy(x(), intTensor([0, 1], [2])),
    embed: ops.embed(x(), intTensor([0, 1], [2, 1])),
    gatherRows: ops.gatherRows(x(), intTensor([0, 1], [2])),
  }));
  for (const [name, y] of Object.entries(results)) {
    const values = [...await y.data()], half = values.length / 2;
    assert.ok(values.slice(0, half).some(Number.isNaN), `${name}: ${values}`);
    assert.ok(values.slice(half).every(Number.isFinite), `${name}: ${values}`);
    y.dispose();
  }
  const [infinite] = await tf.tidy(() => ops.linear(floatTensor([Infinity], [1, 1]), ones([1, 1]), ones([1])))
    .data();
  assert.equal(infinite, Infinity);
}

/** Every test of one backend; `label` leads the names. */
function conformanceTests(name: BackendName, label: string, ignore: boolean): void {
  const { blas, simd } = readConfig();
  const start = () => startBackend(name, { blas, simd });
  const test = (title: string, body: (ops: Ops) => Promise<void>) =>
    Deno.test({ name: `${label}: ${title}`, ignore, fn: async () => await body((await start()).ops) });
  for (
    const kind of [
      "linear ",
      "linearGelu",
      "addLayerNorm",
      "linearAddLayerNorm",
      "attention",
      "embed",
      "gatherRows",
      "scatterRows",
      "crossEntropy",
    ]
  ) {
    test(`${kind.trim()} has float64's value and gradient, odd sizes included`, async (ops) => {
      const live = liveTensors(), chosen = cases.filter((one) => one.name.startsWith(kind));
      assert.ok(chosen.length > 0);
      for (const one of chosen) await conforms(ops, one);
      assert.equal(liveTensors(), live);
    });
  }
  test("norm is the length of all tensors together", async (ops) => {
    const x = floatTensor([1, -2, 4], [3]), y = floatTensor([2, 0], [1, 2]);
    const length = ops.norm([x, y]);
    assert.deepEqual([length.shape, [...await length.data()]], [[], [5]]);
    tf.dispose([x, y, length]);
  });
  test("adamw is PyTorch's over five steps, one of them without gradient", adamwConforms);
  test("matMul with transposeB is right at 64x64x2000", longInnerSizeConforms);
  test("matMul is right with every flag, batched and broadcast", productsConform);
  test("NaN and infinity pass through every operation", notANumberPasses);
}

const adapter = await webgpuAdapter();
conformanceTests("cpu", "cpu", false);
conformanceTests("wasm", "wasm", false);
conformanceTests(
  "webgpu",
  adapter ? "webgpu" : "webgpu (ignored: this machine has no WebGPU adapter)",
  !adapter,
);

// A process registers its wasm kernels once, so the other choices need processes of their own.
for (const [title, choice] of [["without a BLAS", {}], ["in plain SIMD", { DPB_SIMD: "plain" }]] as const) {
  Deno.test({
    name: `wasm ${title} passes the same tests`,
    ignore: Deno.env.get("DPB_BLAS") === "off",
    fn: async () => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["test", "-A", "--no-check", "--filter", "/^wasm:/", new URL(import.meta.url).pathname],
        env: { DPB_BLAS: "off", NO_COLOR: "1", ...choice },
        cwd: new URL(".", import.meta.url).pathname,
      }).output();
      const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assert.equal(code, 0, text);
      assert.match(text, /ok \| 14 passed/);
    },
  });
}

Deno.test("startBackend refuses a backend that cannot start with an InputError", async () => {
  await assert.rejects(startBackend("none" as BackendName), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /"none".*DPB_BACKEND/);
    return true;
  });
});
