import assert from "node:assert/strict";
import {
  type BackendRun,
  curveTable,
  largestLossDifference,
  lossesSideBySide,
  lossPairs,
  sideBySideFigure,
} from "./side_by_side.ts";

const wasm: BackendRun = {
  backend: "wasm",
  result: {
    curve: [{ step: 1, loss: 0.5, meanExecuteProb: 0.75 }, { step: 6, loss: 0.25, meanExecuteProb: 0.5 }],
  },
};
const webgpu: BackendRun = {
  backend: "webgpu",
  result: { curve: [{ step: 1, loss: 0.5, meanExecuteProb: 0.75 }, { step: 4, loss: 1 }] },
};

Deno.test("curveTable shows the numbers the curve carries and no others", () => {
  const { columns, rows } = curveTable("Stage 2", wasm);
  assert.deepEqual(columns, ["Step", "Loss", "Mean execute probability μ"]);
  assert.deepEqual(rows[1], ["6", "0.2500", "0.5000"]);
});

Deno.test("lossPairs keeps the steps both curves have", () => {
  assert.deepEqual(lossPairs(wasm, webgpu), [{ step: 1, first: 0.5, second: 0.5, relative: 0 }]);
  assert.deepEqual(lossPairs(wasm, null), []);
});

Deno.test("largestLossDifference is relative: 0.25 against 0.3 is 0.2; 0 without a second backend", () => {
  const other = { backend: "webgpu", result: { curve: [{ step: 1, loss: 0.5 }, { step: 6, loss: 0.3 }] } };
  assert.ok(Math.abs(largestLossDifference(wasm, other) - 0.2) < 1e-12);
  assert.equal(largestLossDifference(wasm, null), 0);
});

Deno.test("lossesSideBySide is a table, or one line without a second backend", () => {
  const table = lossesSideBySide("Stage 1", wasm, webgpu);
  assert.ok(typeof table === "object");
  assert.deepEqual(table.columns, ["Step", "Loss on wasm", "Loss on WebGPU", "Difference"]);
  assert.deepEqual(table.rows, [["1", "0.5000", "0.5000", "< 1e-6"]]);
  assert.match(lossesSideBySide("Stage 1", wasm, null) as string, /^No second backend beside wasm/);
});

Deno.test("sideBySideFigure draws a line per backend and panel", () => {
  const { spec } = sideBySideFigure("lesson", "Stage 2", wasm, null);
  assert.deepEqual((spec.data as { y: number[] }[]).map(({ y }) => y), [[0.5, 0.25], [0.75, 0.5]]);
  const lossOnly = {
    backend: "webgpu",
    result: { curve: webgpu.result.curve.map(({ step, loss }) => ({ step, loss })) },
  };
  assert.equal(sideBySideFigure("lesson", "Stage 1", lossOnly, lossOnly).spec.data.length, 2);
});
