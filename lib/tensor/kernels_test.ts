import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import * as reference from "./composed_reference.ts";
import { chooseBuild, kernelFile, type Kernels, loadKernels, scratchBytes } from "./kernels.ts";
import { random } from "./random.ts";

const builds = ["relaxed", "plain"] as const;
const memory = new WebAssembly.Memory({ initial: 64 });
const loaded = builds.map((build, i) => loadKernels(build, memory, 1024 + i * 131072));

Deno.test("build:kernels gives the committed builds byte by byte", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", "--no-check", join(import.meta.dirname!, "kernel_builds.ts"), folder],
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    for (const build of builds) {
      assert.deepEqual(
        await Deno.readFile(join(folder, `${build}.wasm`)),
        await Deno.readFile(kernelFile(build)),
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (const build of builds) {
  Deno.test(`the ${build} build brings no memory, no data and no start of its own`, async () => {
    const bytes = await Deno.readFile(kernelFile(build));
    const module = new WebAssembly.Module(bytes);
    assert.deepEqual(WebAssembly.Module.imports(module), [{ module: "env", name: "memory", kind: "memory" }]);
    assert.ok(WebAssembly.Module.exports(module).every(({ kind }) => kind === "function"));
    const sections = sectionIds(bytes), start = 8, data = 11;
    assert.ok(sections.length > 0 && !sections.includes(start) && !sections.includes(data), `${sections}`);
  });
}

/** The numbers of a module's sections: id and LEB128 length behind a header of 8 bytes. */
function sectionIds(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < bytes.length;) {
    ids.push(bytes[at++]);
    let length = 0, shift = 0, byte;
    do {
      byte = bytes[at++];
      length |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    at += length;
  }
  return ids;
}

Deno.test("chooseBuild takes plain SIMD where it is asked for", () => {
  assert.equal(chooseBuild("plain"), "plain");
  assert.ok(builds.includes(chooseBuild("auto")));
});

const heap = new Float32Array(memory.buffer), words = new Int32Array(memory.buffer);
const firstFloat = 65536, fence = 5, sentinel = 123.25;

/**
 * Puts arrays into the heap one after the other, five sentinels before, between and after them, calls `run` with
 * their addresses (multiples of 4, not of 16) and returns them as they are then. Fails if a sentinel has changed.
 */
function inHeap(arrays: ArrayLike<number>[], run: (...at: number[]) => void): Float32Array[] {
  let end = firstFloat + fence;
  const starts = arrays.map((values) => {
    const start = end;
    end += values.length + fence;
    return start;
  });
  heap.fill(sentinel, firstFloat, end);
  arrays.forEach((values, i) => (values instanceof Int32Array ? words : heap).set(values, starts[i]));
  run(...starts.map((start) => 4 * start));
  let next = 0;
  for (let i = firstFloat; i < end; i++) {
    if (i === starts[next]) i += arrays[next++].length;
    assert.equal(heap[i], sentinel, `a kernel wrote outside its arrays, ${i - starts[next - 1]} floats on`);
  }
  return starts.map((start, i) => heap.slice(start, start + arrays[i].length));
}

/** `count` numbers in [-spread, spread], floats. */
function draw(seed: number, name: string, count: number, spread = 1): Float32Array {
  const rng = random(seed, name);
  return Float32Array.from({ length: count }, () => (2 * rng() - 1) * spread);
}

const blank = (count: number) => new Float32Array(count).fill(NaN);
const size = fc.integer({ min: 1, max: 21 }), seeds = fc.integer({ min: 0, max: 1e6 });

/** `found` is `expected` within `relative` of it, or within `absolute`. */
function close(found: ArrayLike<number>, expected: ArrayLike<number>, relative: number, absolute = 0): void {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < found.length; i++) {
    if (Number.isNaN(expected[i])) assert.ok(Number.isNaN(found[i]), `${found[i]} at ${i}, expected NaN`);
    else if (Number.isFinite(expected[i])) {
      const error = Math.abs(found[i] - expected[i]);
      assert.ok(
        error <= relative * Math.abs(expected[i]) + absolute,
        `${found[i]} at ${i}, expected ${expected[i]}`,
      );
    } else assert.equal(found[i], expected[i]);
  }
}

/** A test of both builds over random sizes; the seed of fast-check is fixed. */
function property<T>(name: string, arbitrary: fc.Arbitrary<T>, holds: (kernels: Kernels, value: T) => void) {
  for (const kernels of loaded) {
    Deno.test(`${name} (${kernels.build})`, () =>
      fc.assert(fc.property(arbitrary, (value) => holds(kernels, value)), { seed: 7, numRuns: 60 }));
  }
}

/** The product of row `a` of x and row `b` of y, both `width` wide, in float64. */
function dotOf(x: Float32Array, a: number, y: Float32Array, b: number, width: number): number {
  let total = 0;
  for (let i = 0; i < width; i++) total += x[a * width + i] * y[b * width + i];
  return total;
}

/** Rows: few, or more than are packed at a time. */
const rowCount = fc.oneof({ weight: 4, arbitrary: size }, {
  weight: 1,
  arbitrary: fc.integer({ min: 60, max: 135 }),
});
const productSizes = fc.record({
  m: rowCount,
  n: size,
  k: fc.oneof(size, fc.integer({ min: 250, max: 520 })),
  ta: fc.boolean(),
  tb: fc.boolean(),
  accumulate: fc.boolean(),
  gap: fc.integer({ min: 0, max: 3 }),
  seed: seeds,
});

property(
  "gemm multiplies like float64 with any transposes, and adds or replaces",
  productSizes,
  (kernels, { m, n, k, ta, tb, accumulate, gap, seed }) => {
    const a = draw(seed, "a", m * k), b = draw(seed, "b", k * n), rowC = n + gap;
    const c = accumulate ? draw(seed, "c", m * rowC) : blank(m * rowC);
    const strides = [ta ? 4 : 4 * k, ta ? 4 * m : 4, tb ? 4 : 4 * n, tb ? 4 * k : 4];
    const [, , found] = inHeap([a, b, c], (a, b, c) => {
      kernels.gemm(m, n, k, a, strides[0], strides[1], b, strides[2], strides[3], c, 4 * rowC, accumulate);
    });
    const expected = Float64Array.from(c);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = accumulate ? c[i * rowC + j] : 0;
        for (let p = 0; p < k; p++) sum += a[ta ? p * m + i : i * k + p] * b[tb ? j * k + p : p * n + j];
        expected[i * rowC + j] = sum;
      }
    }
    close(found, expected, 0, 1e-7 * (k + 10)); // gaps between C's rows must stay as they were
  },
);

const matrix = fc.record({ rows: size, width: size, seed: seeds });

property("add, multiply and addRow are float32's own", matrix, (kernels, { rows, width, seed }) => {
  const count = rows * width, x = draw(seed, "x", count), y = draw(seed, "y", count);
  const [, , sum, product, shifted, repeated] = inHeap(
    [x, y, ...Array(4).fill(blank(count))],
    (x, y, ...out) => {
      kernels.add(count, x, y, out[0]);
      kernels.multiply(count, x, y, out[1]);
      kernels.addRow(rows, width, x, y, out[2]);
      kernels.repeatRow(rows, width, y, out[3]);
    },
  );
  assert.deepEqual(sum, x.map((v, i) => v + y[i]));
  assert.deepEqual(product, x.map((v, i) => v * y[i]));
  assert.deepEqual(shifted, x.map((v, i) => v + y[i % width]));
  assert.deepEqual(repeated, x.map((_, i) => y[i % width]));
});

property("columnSums and sumOfSquares add up like float64", matrix, (kernels, { rows, width, seed }) => {
  const wide = 3 * width, x = draw(seed, "x", rows * wide); // up to 63 columns: more than the 16 of a block
  let squares = 0;
  const [, sums] = inHeap([x, blank(wide)], (x, out) => {
    kernels.columnSums(rows, wide, x, out);
    squares = kernels.sumOfSquares(rows * wide, x);
  });
  const expected = Float64Array.from({ length: wide }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += x[i * wide + j];
    return sum;
  });
  close(sums, expected, 0, 3e-6);
  close([squares], [x.reduce((sum, v) => sum + v * v, 0)], 1e-6);
});

/** phi(x) and the slope of GELU in float64. */
const density = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
const slopeOf = (x: number) => (1 + reference.erf(x / Math.SQRT2)) / 2 + x * density(x);

property(
  "gelu is x Phi(x) to 1e-6 relative, its slope to 1e-6",
  fc.record({ count: fc.integer({ min: 1, max: 70 }), spread: fc.constantFrom(0.1, 1, 4), seed: seeds }),
  (kernels, { count, spread, seed }) => {
    const x = draw(seed, "x", count, spread);
    const [value, slope] = inHeap([x, blank(count)], (x, slope) => kernels.gelu(count, x, slope));
    close(value, [...x].map(reference.gelu), 1e-6);
    close(slope, [...x].map(slopeOf), 0, 1e-6);
  },
);

property(
  "geluValues is x Phi(x), off by at most 3e-7 max(1, |x|)",
  fc.record({ count: fc.integer({ min: 1, max: 70 }), spread: fc.constantFrom(0.1, 1, 4, 9), seed: seeds }),
  (kernels, { count, spread, seed }) => {
    const x = draw(seed, "x", count, spread), expected = [...x].map(reference.gelu);
    const [value] = inHeap([x], (x) => kernels.geluValues(count, x));
    value.forEach((y, i) => close([y], [expected[i]], 0, 3e-7 * Math.max(1, Math.abs(x[i]))));
  },
);

for (const kernels of loaded) {
  Deno.test(`geluValues at the ends of the number line is IEEE's x Phi(x) (${kernels.build})`, () => {
    const x = [0, NaN, Infinity, -Infinity, 1e30, -1e30, 30, -30, -1e-40];
    const [value] = inHeap([x], (x) => kernels.geluValues(9, x));
    close(value, [0, NaN, Infinity, NaN, 1e30, 0, 30, 0, -5e-41], 1e-6, 1e-44);
  });
}

for (const kernels of loaded) {
  Deno.test(`gelu at the ends of the number line is IEEE's x Phi(x) (${kernels.build})`, () => {
    const x = [0, NaN, Infinity, -Infinity, 1e30, -1e30, 30, -30, -1e-40];
    const [value, slope] = inHeap([x, blank(9)], (x, slope) => kernels.gelu(9, x, slope));
    close(value, [0, NaN, Infinity, NaN, 1e30, 0, 30, 0, -5e-41], 1e-6, 1e-44);
    close(slope.slice(0, 1), [0.5], 2e-7);
    assert.ok(Number.isNaN(slope[1]));
    close(slope.slice(4, 8), [1, 0, 1, 0], 0, 1e-7);
  });
}

property(
  "transpose puts columns where rows were",
  fc.record({ rows: size, columns: size, gap: fc.integer({ min: 0, max: 3 }), seed: seeds }),
  (kernels, { rows, columns, gap, seed }) => {
    const row = columns + gap, x = draw(seed, "x", rows * row);
    const [, out] = inHeap(
      [x, blank(rows * columns)],
      (x, out) => kernels.transpose(rows, columns, x, 4 * row, out),
    );
    out.forEach((value, i) => assert.equal(value, x[(i % rows) * row + Math.floor(i / rows)]));
  },
);

property(
  "addPacked adds x W^T like float64, whatever is left of a panel or of four rows",
  fc.record({
    rows: rowCount,
    outputs: size,
    inputs: fc.oneof(size, fc.integer({ min: 250, max: 520 })),
    seed: seeds,
  }),
  (kernels, { rows, outputs, inputs, seed }) => {
    const x = draw(seed, "x", rows * inputs), weight = draw(seed, "w", outputs * inputs);
    const y = draw(seed, "y", rows * outputs), packed = blank(inputs * 8 * Math.ceil(outputs / 8));
    const [, , , found] = inHeap([x, weight, packed, y], (x, weight, packed, y) => {
      kernels.packWeight(outputs, inputs, weight, packed);
      kernels.addPacked(rows, outputs, inputs, x, packed, y);
    });
    const expected = Float64Array.from(y, (start, at) => {
      const [row, column] = [Math.floor(at / outputs), at % outputs];
      return start + dotOf(x, row, weight, column, inputs);
    });
    close(found, expected, 0, 1e-5 * Math.sqrt(inputs));
  },
);

property(
  "affineRow is W x + b of a single row like float64",
  fc.record({ outputs: size, inputs: fc.integer({ min: 1, max: 70 }), seed: seeds }),
  (kernels, { outputs, inputs, seed }) => {
    const x = draw(seed, "x", inputs), weight = draw(seed, "w", outputs * inputs);
    const bias = draw(seed, "b", outputs);
    const [, , , y] = inHeap([x, weight, bias, blank(outputs)], (x, weight, bias, y) => {
      kernels.affineRow(outputs, inputs, x, weight, bias, y);
    });
    close(y, bias.map((start, column) => start + dotOf(x, 0, weight, column, inputs)), 0, 1e-5);
  },
);

property("normValues is float64's LayerNorm", matrix, (kernels, { rows, width, seed }) => {
  const x = draw(seed, "x", rows * width, 3), weight = draw(seed, "w", width), bias = draw(seed, "b", width);
  const epsilon = 1e-6,
    [found] = inHeap([x, weight, bias], (x, weight, bias) => {
      kernels.normValues(rows, width, x, weight, bias, epsilon);
    });
  const expected = Array.from({ length: rows }, (_, row) => {
    const values = [...x.subarray(row * width, (row + 1) * width)];
    const mean = values.reduce((total, v) => total + v, 0) / width;
    const variance = values.reduce((total, v) => total + (v - mean) ** 2, 0) / width;
    return values.map((v, i) => (v - mean) / Math.sqrt(variance + epsilon) * weight[i] + bias[i]);
  });
  // A single column has variance 0: its deviation is the root of epsilon, and rounding counts a thousandfold.
  close(found, expected.flat(), 0, 1e-3);
});

property("layerNorm and its gradient are float64's", matrix, (kernels, { rows, width, seed }) => {
  const count = rows * width, epsilon = 1e-6;
  const x = draw(seed, "x", count, 3), weight = draw(seed, "w", width), bias = draw(seed, "b", width);
  const dy = draw(seed, "dy", count);
  const arrays = [x, weight, bias, blank(count), blank(rows), dy, blank(count), blank(width), blank(width)];
  const [normal, , , y, inverse, , dx, dWeight, dBias] = inHeap(
    arrays,
    (x, weight, bias, y, inverse, dy, dx, dWeight, dBias) => {
      kernels.layerNorm(rows, width, x, weight, bias, epsilon, y, inverse);
      kernels.layerNormGradient(rows, width, dy, x, inverse, weight, dx, dWeight, dBias);
    },
  );
  // A single column has variance 0: its deviation is the root of epsilon, and rounding counts a thousandfold.
  const tolerance = width === 1 ? 1e-3 : 2e-5 * Math.max(...inverse);
  close(
    y,
    reference.addLayerNorm([...x], Array(count).fill(0), [...weight], [...bias], epsilon),
    0,
    tolerance,
  );
  const mean = (of: (i: number) => number) =>
    Array.from({ length: width }, (_, i) => of(i)).reduce((a, b) => a + b) / width;
  const expected = { dx: blank(count), dWeight: new Float64Array(width), dBias: new Float64Array(width) };
  for (let row = 0; row < rows; row++) {
    const at = (i: number) => row * width + i, g = (i: number) => dy[at(i)] * weight[i];
    const centre = mean(g), along = mean((i) => g(i) * normal[at(i)]);
    for (let i = 0; i < width; i++) {
      expected.dx[at(i)] = inverse[row] * (g(i) - centre - normal[at(i)] * along);
      expected.dWeight[i] += dy[at(i)] * normal[at(i)];
      expected.dBias[i] += dy[at(i)];
    }
  }
  close(dx, expected.dx, 0, tolerance);
  close(dWeight, expected.dWeight, 0, 1e-5);
  close(dBias, expected.dBias, 0, 1e-5);
});

const attentionSizes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  heads: fc.integer({ min: 1, max: 3 }),
  length: size,
  seed: seeds,
  spread: fc.constantFrom(1, 30),
});

/** Column `j` of the `n` x `n` matrix that begins at `start`. */
const column = (x: ArrayLike<number>, start: number, n: number, j: number) =>
  Array.from({ length: n }, (_, i) => x[start + i * n + j]);

property(
  "attentionWeights are a masked softmax down the columns, of padded keys alone too, and so is their gradient",
  attentionSizes,
  (kernels, { batch, heads, length, seed, spread }) => {
    const square = length * length, count = batch * heads * square, scale = 0.25;
    const scores = draw(seed, "s", count, spread), d = draw(seed, "d", count);
    const lengths = draw(seed, "lengths", batch).map((x) => Math.floor((x + 1) / 2 * (length + 1)));
    const mask = Float32Array.from(
      { length: batch * length },
      (_, i) => i % length < lengths[Math.floor(i / length)] ? 1 : 0,
    );
    const [weights, , gradient] = inHeap([scores, mask, d], (scores, mask, d) => {
      for (let i = 0; i < batch * heads; i++) {
        const at = scores + 4 * i * square;
        kernels.attentionWeights(length, at, mask + 4 * length * Math.floor(i / heads), scale);
        kernels.attentionWeightsGradient(length, at, d + 4 * i * square, scale);
      }
    });
    for (let query = 0; query < batch * heads * length; query++) {
      const matrix = Math.floor(query / length), example = Math.floor(matrix / heads);
      const [s, dp, found, ds] = [scores, d, weights, gradient].map((x) =>
        column(x, matrix * square, length, query % length)
      );
      const closed = s.map((score, i) =>
        Math.fround(score * scale + (mask[example * length + i] - 1) * 10000)
      );
      const e = closed.map((x) => Math.exp(x - Math.max(...closed))), total = e.reduce((a, b) => a + b);
      const p = e.map((x) => x / total);
      close(found, p, 2e-6, 2e-7);
      const open = lengths[example];
      if (open > 0) assert.ok(found.slice(open).every((x) => x === 0), "a padded key has weight");
      const along = p.reduce((sum, x, i) => sum + x * dp[i], 0);
      close(ds, p.map((x, i) => x * (dp[i] - along) * scale), 0, 2e-6);
    }
  },
);

property(
  "softmax gives probabilities and the parts of their logarithm",
  matrix,
  (kernels, { rows, width, seed }) => {
    const logits = draw(seed, "x", rows * width, 40);
    const [probs, parts] = inHeap(
      [logits, blank(2 * rows)],
      (x, parts) => kernels.softmax(rows, width, x, parts),
    );
    for (let row = 0; row < rows; row++) {
      const x = [...logits.subarray(row * width, (row + 1) * width)], top = Math.max(...x);
      const e = x.map((v) => Math.exp(v - top)), total = e.reduce((a, b) => a + b);
      close(probs.subarray(row * width, (row + 1) * width), e.map((v) => v / total), 3e-6, 1e-12);
      close(parts.subarray(2 * row, 2 * row + 2), [top, total], 1e-6);
    }
  },
);

for (const kernels of loaded) {
  Deno.test(`NaN and infinity spoil their own row of a softmax and no other (${kernels.build})`, () => {
    for (const bad of [NaN, Infinity]) {
      for (const width of [1, 3, 4, 7, 9]) {
        for (let place = 0; place < width; place++) {
          const x = new Float32Array(3 * width);
          x[width + place] = bad;
          const [probs] = inHeap([x, blank(6)], (x, parts) => kernels.softmax(3, width, x, parts));
          assert.ok(probs.subarray(width, 2 * width).every(Number.isNaN), `${probs}`);
          close(probs.subarray(0, width), Array(width).fill(1 / width), 1e-6);
          close(probs.subarray(2 * width), Array(width).fill(1 / width), 1e-6);
        }
      }
    }
  });

  Deno.test(`NaN and infinity spoil their own column of attention's weights and no other (${kernels.build})`, () => {
    for (const bad of [NaN, Infinity]) {
      for (const length of [1, 3, 4, 7, 9]) {
        for (let place = 0; place < length * length; place++) {
          const x = new Float32Array(length * length), mask = new Float32Array(length).fill(1);
          x[place] = bad;
          const [weights] = inHeap(
            [x, mask],
            (x, mask) => kernels.attentionWeights(length, x, mask, 1),
          );
          for (let query = 0; query < length; query++) {
            const found = column(weights, 0, length, query);
            if (query === place % length) assert.ok(found.every(Number.isNaN), `${found}`);
            else close(found, Array(length).fill(1 / length), 1e-6);
          }
        }
      }
    }
  });

  Deno.test(`rows are gathered, placed, added in order and cleared by index (${kernels.build})`, () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], index = new Int32Array([3, 0, 3]); // five rows of two
    const [, , gathered, placed, added, cleared] = inHeap(
      [x, index, blank(6), x, new Float32Array(10), x],
      (x, index, gathered, placed, added, cleared) => {
        kernels.gatherRows(3, 2, x, index, gathered);
        kernels.placeRows(2, 2, gathered + 8, index + 4, placed); // rows 0 and 3 from rows 1 and 2 of `gathered`
        kernels.addRows(3, 2, x, index, added);
        kernels.clearRows(3, 2, index, cleared);
        assert.equal(kernels.firstOutside(3, index, 4), -1);
        assert.equal(kernels.firstOutside(3, index, 3), 0);
      },
    );
    assert.deepEqual([...gathered], [7, 8, 1, 2, 7, 8]);
    assert.deepEqual([...placed], x);
    assert.deepEqual([...added], [3, 4, 0, 0, 0, 0, 6, 8, 0, 0]);
    assert.deepEqual([...cleared], [0, 0, 3, 4, 5, 6, 0, 0, 9, 10]);
    inHeap([new Int32Array([0, -1])], (index) => assert.equal(kernels.firstOutside(2, index, 9), 1));
  });
}

property(
  "adamw makes PyTorch's steps",
  fc.record({ count: fc.integer({ min: 1, max: 19 }), seed: seeds }),
  (kernels, { count, seed }) => {
    const settings = { learningRate: 0.05, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
    const start = draw(seed, "p", count), steps = [0, 1, 2].map((step) => draw(seed, `g${step}`, count, 2));
    let state = [start, new Float32Array(count), new Float32Array(count)];
    steps.forEach((gradient, step) => {
      const [correction1, correction2] = [0.9, 0.999].map((beta) => 1 - beta ** (step + 1));
      const kept = 1 - 0.05 * 0.1, rate = 0.05 / correction1;
      [, ...state] = inHeap([gradient, ...state], (g, p, m, v) => {
        kernels.adamw(
          count,
          p,
          g,
          m,
          v,
          0.5,
          0.9,
          1 - 0.9,
          0.999,
          1 - 0.999,
          kept,
          rate,
          1 / correction2,
          1e-8,
        );
      });
    });
    const expected = reference.adamw([...start], steps.map((g) => [...g].map((x) => x / 2)), settings);
    close(state[0], expected, 0, 2e-6);
  },
);

Deno.test("loadKernels keeps to the scratch it was given", () => {
  const start = firstFloat + 3, length = scratchBytes / 4;
  heap.fill(sentinel, start - 4, start + length + 4);
  const kernels = loadKernels("plain", memory, 4 * start);
  inHeap([], () => {});
  const far = firstFloat * 2;
  kernels.gemm(7, 9, 300, 4 * far, 1200, 4, 4 * far, 36, 4, 8 * far, 36, false);
  kernels.gelu(5, 4 * far, 8 * far);
  kernels.geluValues(5, 4 * far);
  kernels.addPacked(7, 9, 300, 4 * far, 6 * far, 8 * far);
  for (let i = 1; i <= 4; i++) {
    assert.equal(heap[start - i], sentinel);
    assert.equal(heap[start + length + i - 1], sentinel);
  }
});
