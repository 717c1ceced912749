/** Our side of the training benchmark: answers `{"steps": n}` lines with the milliseconds of n training steps. */
import { startBackend } from "../tensor/mod.ts";
import { readConfig } from "../config.ts";
import { type StepShape, trainingStepTimes } from "./training_step.ts";
import { createInterface } from "node:readline";
import process from "node:process";

const shape: StepShape = JSON.parse(Deno.args[0]);
const { blas } = readConfig();
const backend = await startBackend("wasm", { blas });
console.log(JSON.stringify({ version: Deno.version.deno, backend: backend.name, blas: backend.blas }));
for await (const line of createInterface({ input: process.stdin })) {
  const ms = await trainingStepTimes(backend, shape, {
    warmup: 1,
    counted: JSON.parse(line).steps,
    now: () => performance.now(),
  });
  console.log(JSON.stringify({ ms }));
}
