import assert from "node:assert/strict";
import { startBackend, webgpuAdapter } from "./backend.ts";
import { floatTensor } from "./math.ts";
import { tf } from "./tf.ts";

Deno.test("startBackend starts cpu and wasm, and switches between them", async () => {
  const cpu = await startBackend("cpu");
  assert.deepEqual([cpu.name, cpu.blas, cpu.adapter, cpu.ops.backend], ["cpu", null, null, "cpu"]);
  await startBackend("wasm");
  assert.equal(tf.getBackend(), "wasm");
  assert.equal(await startBackend("cpu"), cpu);
  assert.equal(tf.getBackend(), "cpu");
});

Deno.test("startBackend's wasm kernels copy and add as tfjs does", async () => {
  await startBackend("wasm");
  const x = floatTensor([0, 1, 2, 3, 4, 5], [3, 2]);
  const values = (y: tf.Tensor) => [...y.dataSync()];
  assert.deepEqual(values(tf.slice(x, [1, 0], [2, 2])), [2, 3, 4, 5]);
  assert.deepEqual(values(tf.slice(x, [0, 1], [3, 1])), [1, 3, 5]);
  assert.deepEqual(values(tf.add(x, x)), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(values(tf.add(x, tf.tensor1d([10, 20]))), [10, 21, 12, 23, 14, 25]);
  assert.deepEqual(values(tf.add(x, x.toInt())), [0, 2, 4, 6, 8, 10]);
  const copy = x.clone();
  x.dispose();
  assert.deepEqual(values(copy), [0, 1, 2, 3, 4, 5]);
});

Deno.test("a wasm product whose result makes the heap grow is right, and so is the one after it", async () => {
  await startBackend("wasm");
  const n = 4096, a = floatTensor(Float32Array.from({ length: 2 * n }, (_, i) => i % 7), [n, 2]);
  const product = tf.matMul(a as tf.Tensor2D, a as tf.Tensor2D, false, true); // 64 MB
  const values = product.dataSync(), left = a.dataSync();
  for (const [i, j] of [[0, 0], [17, 4095], [4095, 1], [4095, 4095], [2048, 3]]) {
    assert.equal(values[i * n + j], left[2 * i] * left[2 * j] + left[2 * i + 1] * left[2 * j + 1]);
  }
  const small = tf.matMul(tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([3, 4], [2, 1]));
  assert.deepEqual([...small.dataSync()], [11]);
  tf.dispose([product, small, a]);
});

const blasHere = (await startBackend("wasm")).blas;

Deno.test({
  name: `wasm with and without a BLAS live in one process, each with its own product${
    blasHere ? "" : " (ignored: no BLAS here)"
  }`,
  ignore: !blasHere,
  fn: async () => {
    const waves = (step: number) => Float32Array.from({ length: 64 * 512 }, (_, i) => Math.sin(i * step));
    const productOn = async (setting: string) => {
      const { blas } = await startBackend("wasm", { blas: setting });
      const a = floatTensor(waves(1.1), [64, 512]), b = floatTensor(waves(0.7), [512, 64]);
      const product = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D), values = product.dataSync();
      tf.dispose([a, b, product]);
      return { blas, values };
    };
    const without = await productOn("off"), withBlas = await productOn("auto");
    assert.deepEqual([without.blas, withBlas.blas], [null, blasHere]);
    assert.deepEqual((await productOn("off")).values, without.values);
    assert.deepEqual((await productOn("auto")).values, withBlas.values);
    // Two libraries add 512 products in two orders: equal to six digits, never in every bit.
    assert.notDeepEqual(withBlas.values, without.values);
    withBlas.values.forEach((x, i) => assert.ok(Math.abs(x - without.values[i]) < 1e-3, `${i}`));
  },
});

/** Runs TypeScript in a process of its own, in this folder. */
async function child(source: string, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", source],
    env: { NO_COLOR: "1", ...env },
    cwd: new URL(".", import.meta.url).pathname,
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

const adapter = await webgpuAdapter();

Deno.test({
  name: adapter
    ? "an error that WebGPU reports outside any call ends the process"
    : "an error that WebGPU reports outside any call ends the process (ignored: no WebGPU adapter here)",
  ignore: !adapter,
  fn: async () => {
    // A buffer may not be both mapped for reading and storage.
    const { code, text } = await child(`
      import { startBackend } from "./backend.ts";
      import { tf } from "./tf.ts";
      const { name, adapter } = await startBackend("webgpu");
      console.log("started", name, adapter !== null);
      tf.backend().device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
      await new Promise((resume) => setTimeout(resume, 3000));
      console.log("still here");
    `);
    assert.match(text, /started webgpu true/);
    assert.match(text, /WebGPU reported an error/);
    assert.doesNotMatch(text, /still here/);
    assert.notEqual(code, 0);
  },
});

Deno.test({
  name: `every read from a lost GPU, and every operation on it, is an InputError${
    adapter ? "" : " (ignored: no WebGPU adapter here)"
  }`,
  ignore: !adapter,
  fn: async () => {
    const { code, text } = await child(`
      import { startBackend } from "./backend.ts";
      import { tf } from "./tf.ts";
      const { ops } = await startBackend("webgpu");
      const { device } = tf.backend();
      const product = (n) => tf.matMul(tf.ones([n, n]), tf.ones([n, n]));
      const small = product(2), large = product(64);
      device.destroy();
      const say = (what, work) => work().catch((error) => console.log(what, error.name, error.message));
      await say("at once", async () => ops.valuesNow(small) ?? await small.data());
      await say("waiting", () => large.data());
      await say("computing", async () => product(64));
      await device.lost;
      await say("later", () => large.data());
    `);
    assert.equal(code, 0, text);
    for (const what of ["at once", "waiting", "computing", "later"]) {
      assert.match(text, new RegExp(`^${what} InputError The GPU`, "m"));
    }
    assert.match(text, /later .*The GPU was lost/);
  },
});

Deno.test("startBackend refuses a BLAS that does not open, before anything is registered", async () => {
  const { text } = await child(`
    import { startBackend } from "./backend.ts";
    const problem = await startBackend("wasm", { blas: "/nowhere/libblas.so" }).catch((error) => error);
    console.log(problem.name, problem.message);
    const { blas } = await startBackend("wasm", { blas: "off" });
    console.log("then", blas);
  `);
  assert.match(text, /InputError DPB_BLAS names "\/nowhere\/libblas.so"/);
  assert.match(text, /then null/);
});
