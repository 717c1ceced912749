/**
 * onnxruntime's side of the latency benchmark: answers `{"steps": n}` lines with the milliseconds of n single inputs.
 * Arguments: package folder, `wasm` or `cpu`, ONNX file, tokens, vocabulary size.
 */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import process from "node:process";

const [packageFolder, provider, file, tokens, vocabulary] = Deno.args;
const ort = createRequire(import.meta.url)(packageFolder);
if (provider === "wasm") ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(provider === "wasm" ? await Deno.readFile(file) : file, {
  executionProviders: [provider],
  graphOptimizationLevel: "all",
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const length = Number(tokens);
const tensor = (values: bigint[]) => new ort.Tensor("int64", BigInt64Array.from(values), [1, length]);
const segments = tensor(Array(length).fill(0n));
let seed = 1;
const ids = () => {
  seed = (seed * 1103515245 + 12345) % 2 ** 31;
  return BigInt(seed % Number(vocabulary));
};
const checked = tensor(Array.from({ length }, (_, at) => BigInt((37 * at + 3) % Number(vocabulary))));
const { logits } = await session.run({ ids: checked, segments });
console.log(
  JSON.stringify({
    version: ort.env.versions.common,
    provider,
    logits: Array.from(logits.data as Float32Array),
  }),
);
for await (const line of createInterface({ input: process.stdin })) {
  const ms: number[] = [];
  for (let left = JSON.parse(line).steps; left > 0; left--) {
    const feeds = { ids: tensor(Array.from({ length }, ids)), segments };
    const started = performance.now();
    await session.run(feeds);
    ms.push(performance.now() - started);
  }
  console.log(JSON.stringify({ ms }));
}
