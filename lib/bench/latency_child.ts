/** Our side of the latency benchmark: answers `{"steps": n}` lines with the milliseconds of n single inputs. */
import { createInterface } from "node:readline";
import process from "node:process";
import { readConfig } from "../config.ts";
import { bert, openInference } from "../methods/mod.ts";
import { startBackend } from "../tensor/mod.ts";
import { benchBackbone, checkedIds, type LatencyShape, randomInputs, singleInput } from "./latency_shapes.ts";

const shape: LatencyShape = JSON.parse(Deno.args[0]);
const { blas, simd } = readConfig();
const backend = await startBackend("wasm", { blas, simd });
const model = openInference(benchBackbone(backend.ops, shape), bert), next = randomInputs(shape);
const { logits } = await model.infer(singleInput(checkedIds(shape.tokens, shape.config.vocabSize)));
const { name, blas: library, simd: build } = backend;
console.log(
  JSON.stringify({
    version: Deno.version.deno,
    backend: name,
    blas: library,
    simd: build,
    logits: [...logits],
  }),
);
for await (const line of createInterface({ input: process.stdin })) {
  const ms: number[] = [];
  for (let left = JSON.parse(line).steps; left > 0; left--) {
    const input = next(), started = performance.now();
    await model.infer(input);
    ms.push(performance.now() - started);
  }
  console.log(JSON.stringify({ ms }));
}
