import assert from "node:assert/strict";
import { backendsTable } from "./backends_table.ts";

Deno.test("backendsTable shows gaps, draws and paths, and why a backend was not compared", () => {
  const gap = { last: 2.1e-7, largest: 1.34e-6 };
  const table = backendsTable({
    reference: "wasm",
    steps: 20,
    machine: { cpu: "a CPU", cores: 2, os: "linux" },
    deno: "2.9.6",
    backends: [
      {
        backend: "wasm + BLAS",
        blas: "openblas",
        adapter: null,
        gaps: { stage1: gap, stage2: gap, stage3: gap },
        draws: { compared: 640, different: 1, close: 0 },
        devRows: 32,
        differentPaths: 2,
      },
      { backend: "webgpu", missing: "no WebGPU adapter here" },
    ],
  });
  const cell = "2.1e-7 (1.3e-6)";
  assert.deepEqual(table.rows, [
    ["wasm + BLAS (openblas)", cell, cell, cell, "639 of 640", "30 of 32"],
    ["webgpu", "–", "–", "–", "not compared: no WebGPU adapter here", "–"],
  ]);
  assert.match(table.caption, /^20 steps of every stage .* wasm without a BLAS.*a CPU, Deno 2\.9\.6\.$/);
});
