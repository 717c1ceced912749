import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { blasDifference, findBlas, type Gemm } from "./blas.ts";

Deno.test("findBlas opens nothing when it is off", () => {
  assert.equal(findBlas("off"), null);
});

Deno.test("findBlas names the library it found, or finds none", () => {
  const found = findBlas("auto");
  if (found !== null) assert.ok(["openblas", "accelerate", "blas"].includes(found.name));
});

Deno.test("findBlas refuses a path that does not exist and a file that is no library", async () => {
  const file = await Deno.makeTempFile({ suffix: ".so" });
  try {
    await Deno.writeTextFile(file, "not a library");
    for (const path of ["/nowhere/libblas.so", file]) {
      assert.throws(() => findBlas(path), (error) => {
        assert.ok(error instanceof InputError);
        assert.ok(error.message.includes(`"${path}"`) && error.message.includes("cblas_sgemm"));
        return true;
      });
    }
  } finally {
    await Deno.remove(file);
  }
});

const blas = findBlas("auto");
Deno.test({
  name: `findBlas's gemm multiplies with leading dimensions and transposes${
    blas ? "" : " (ignored: no BLAS here)"
  }`,
  ignore: blas === null,
  fn: () => {
    // a is 2x3, b is 3x2; their product is [[4, 5], [10, 11]].
    const a = new Float32Array([0, 1, 2, 3, 4, 5]), b = new Float32Array([1, 2, 0, 1, 2, 2]);
    const at = new Float32Array([0, 3, 1, 4, 2, 5]), bt = new Float32Array([1, 0, 2, 2, 1, 2]);
    const address = (x: Float32Array) =>
      Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(x as Float32Array<ArrayBuffer>)));
    for (const [ta, tb] of [[false, false], [true, false], [false, true], [true, true]]) {
      const c = new Float32Array(4).fill(NaN); // gemm must not read what it overwrites
      const [left, right] = [ta ? at : a, tb ? bt : b];
      blas!.gemm(
        ta,
        tb,
        2,
        2,
        3,
        address(left),
        ta ? 2 : 3,
        address(right),
        tb ? 3 : 2,
        address(c),
        2,
        false,
      );
      assert.deepEqual([...c], [4, 5, 13, 20]);
      blas!.gemm(ta, tb, 2, 2, 3, address(left), ta ? 2 : 3, address(right), tb ? 3 : 2, address(c), 2, true);
      assert.deepEqual([...c], [8, 10, 26, 40]);
    }
  },
});

Deno.test("findBlas tries its candidates in order and passes over those that do not open", () => {
  assert.equal(findBlas("auto", []), null);
  assert.equal(findBlas("auto", ["/nowhere/libblas.so", "/nowhere/libopenblas.so"]), null);
  if (blas) assert.equal(findBlas("auto", ["/nowhere/libblas.so", blas.path])?.path, blas.path);
});

Deno.test("blasDifference is the error of a product: none for a plain loop, large for one that is wrong", () => {
  const floats = (address: number, length: number) =>
    new Float32Array(
      new Deno.UnsafePointerView(Deno.UnsafePointer.create(BigInt(address))!).getArrayBuffer(4 * length),
    );
  const multiply = (scale: number) => (...args: Parameters<Gemm>) => {
    const [, , m, n, k, aAt, , bAt, , cAt] = args;
    const a = floats(aAt, m * k), b = floats(bAt, k * n), c = floats(cAt, m * n);
    for (let i = 0; i < m * n; i++) {
      const row = Math.floor(i / n);
      c[i] = scale *
        a.subarray(row * k, (row + 1) * k).reduce((sum, x, at) => sum + x * b[at * n + i % n], 0);
    }
  };
  assert.ok(blasDifference(multiply(1)) < 1e-5);
  assert.ok(blasDifference(multiply(1.001)) > 1e-3);
  assert.ok(Number.isNaN(blasDifference(() => {})));
  if (blas) assert.ok(blasDifference(blas.gemm) < 1e-5);
});
