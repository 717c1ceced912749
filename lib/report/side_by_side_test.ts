import assert from "node:assert/strict";
import {
  type BackendRun,
  curveFigure,
  largestLossDifference,
  lossesSideBySide,
  lossPairs,
  runningMeans,
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

Deno.test("runningMeans takes as many before as after: 4, 2, 3, 7 is 4, 3, 4, 7", () => {
  assert.deepEqual(runningMeans([4, 2, 3, 7], 5), [4, 3, 4, 7]);
});

Deno.test("curveFigure draws dots and their mean; a stage that plans has a panel more, with its target", () => {
  const named = (figure: { spec: { data: unknown[] } }) =>
    figure.spec.data.map((trace) => (trace as { name: string }).name);
  const alone = { ...wasm, result: { curve: [{ step: 1, loss: 0.5 }] } };
  assert.deepEqual(named(curveFigure("c", "Stage 1", alone, 0.6)), ["one batch", "running mean"]);
  const { spec, caption } = curveFigure("c", "Stage 3", wasm, 0.6);
  assert.deepEqual(named({ spec }), ["one batch", "running mean", "μ", "target rate t"]);
  assert.deepEqual((spec.data as { y: number[] }[]).slice(1).map(({ y }) => y), [
    ...[[0.5, 0.25], [0.75, 0.5], [0.6, 0.6]],
  ]);
  assert.match(caption, /^Stage 3 on wasm/);
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
