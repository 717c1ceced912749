import assert from "node:assert/strict";
import { latencyTable } from "./latency_table.ts";

Deno.test("latencyTable shows each depth beside its share of the full model", () => {
  const at = (executedLayers: number, medianMs: number, overProportional: number) => ({
    executedLayers,
    medianMs,
    p90Ms: medianMs,
    overProportional,
  });
  const latency = {
    shape: "2 x 8",
    tokens: 4,
    examples: 5,
    fullMedianMs: 10,
    atDepth: [at(0, 0.5, 0), at(1, 5.5, 1.1), at(2, 10, 1)],
  };
  const { rows, caption } = latencyTable({
    backend: "wasm",
    blas: "openblas",
    adapter: null,
    machine: { cpu: "a processor", cores: 2, os: "linux" },
    load: 0.1,
    deno: "2.9.6",
    latency,
  });
  assert.deepEqual(rows, [["0", "0.5", "0.5", "–"], ["1", "5.5", "5.5", "1.10"], [
    "2",
    "10.0",
    "10.0",
    "1.00",
  ]]);
  assert.match(caption, /10\.0 ms.*k \/ 2.*wasm with openblas.*a processor, load 0\.1/);
});
