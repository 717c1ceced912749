import assert from "node:assert/strict";
import { latencyTable, type MeasuredLatency } from "./latency_table.ts";

const contestant = (name: string, medianMs: number, about = {}) => ({
  name,
  medianMs,
  about,
  blockMedianMs: [medianMs, medianMs] as [number, number],
  rounds: 5,
  peakMemoryMb: null,
});
const depth = (executedLayers: number, medianMs: number, overProportional: number) => ({
  executedLayers,
  medianMs,
  p90Ms: medianMs,
  overProportional,
});
const measured = (peers: ReturnType<typeof contestant>[]): MeasuredLatency => ({
  backend: "wasm",
  blas: "openblas",
  adapter: null,
  machine: { cpu: "a processor", cores: 2, os: "linux" },
  load: 0.1,
  deno: "2.9.6",
  outcomes: [{
    shape: "2 x 8",
    heads: 2,
    tokens: 4,
    contestants: [contestant("ours", 10), contestant("ours, no BLAS", 20), ...peers],
    logitDifference: 1e-6,
    fullMedianMs: 10,
    atDepth: [depth(0, 0.5, 0), depth(1, 5.5, 1.1), depth(2, 10, 1)],
  }],
});

Deno.test("latencyTable puts every contestant beside onnxruntime and ours beside its share of k / L", () => {
  const peers = [contestant("onnxruntime-node", 8, { version: "1.2" }), contestant("onnxruntime-web", 30)];
  const { rows, caption } = latencyTable(measured(peers));
  assert.deepEqual(rows[0], ["2 x 8, 2 heads", "ours", "10.0", "0.80", "3.00", "1.10", "1.10"]);
  assert.deepEqual(rows[1].slice(1), ["ours, no BLAS", "20.0", "0.40", "1.50", "–", "–"]);
  assert.deepEqual(rows[3].slice(1), ["onnxruntime-web", "30.0", "0.27", "1.00", "–", "–"]);
  assert.match(caption, /4 tokens.*wasm with openblas.*onnxruntime-node 1\.2.*load 0\.1/);
});

Deno.test("latencyTable without peers leaves their columns open", () => {
  const { rows } = latencyTable(measured([]));
  assert.deepEqual(rows.map((row) => row.slice(1, 5)), [["ours", "10.0", "–", "–"], [
    "ours, no BLAS",
    "20.0",
    "–",
    "–",
  ]]);
});
