import assert from "node:assert/strict";
import {
  type BackendRun,
  curveFigure,
  largestLossDifference,
  lossesSideBySide,
  lossPairs,
  runningMeans,
  type StageFacts,
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

Deno.test("runningMeans takes neighbours on both sides, at the ends on one: 4, 2, 3, 7 is 3, 3, 4, 5", () => {
  assert.deepEqual(runningMeans([4, 2, 3, 7], 1), [3, 3, 4, 5]);
});

const stage = { title: "Stage 3", task: "mrpc", batchSize: 32, seed: 0 };

Deno.test("curveFigure averages over fewer losses where there are few: two on either side of 13, five of 80", () => {
  const drawn = (points: number) => {
    const curve = Array.from({ length: points }, (_, at) => ({ step: at + 1, loss: at === 6 ? 1 : 0 }));
    const [, means] = curveFigure("c", stage, { backend: "wasm", result: { curve } }).spec.data;
    return (means as { y: number[] }).y.filter((mean) => mean > 0).length;
  };
  assert.deepEqual([drawn(13), drawn(80)], [5, 11]);
});

Deno.test("curveFigure draws dots and their mean; a stage that plans has a panel more, with its target", () => {
  const named = (figure: { spec: { data: unknown[] } }) =>
    figure.spec.data.map((trace) => (trace as { name: string }).name);
  const alone = { ...wasm, result: { curve: [{ step: 1, loss: 0.5 }] } };
  assert.deepEqual(named(curveFigure("c", stage, alone)), ["one batch", "running mean of the loss"]);
  const { spec, caption } = curveFigure("c", { ...stage, targetRate: 0.6 }, wasm);
  assert.deepEqual(named({ spec }), [
    ...["one batch", "running mean of the loss", "mean execute probability μ", "target rate t = 0.6"],
  ]);
  assert.deepEqual((spec.data as { y: number[] }[]).slice(1).map(({ y }) => y), [
    ...[[0.375, 0.375], [0.75, 0.5], [0.6, 0.6]],
  ]);
  assert.match(caption, /^Stage 3 on wasm: MRPC, 6 steps of 32 inputs, seed 0;/);
});

Deno.test("curveFigure's panels share their steps, and the loss is said to be of sampled paths where they are", () => {
  const layoutOf = (facts: StageFacts) => curveFigure("c", facts, wasm).spec.layout as unknown as Layout;
  const { xaxis, xaxis2, yaxis } = layoutOf({ ...stage, targetRate: 0.6 });
  assert.deepEqual(xaxis.range, xaxis2.range);
  assert.ok(xaxis.range[0] < 0 && xaxis.range[1] > 6);
  assert.match(yaxis.title.text, /^Task loss of sampled paths<br>/);
  assert.match(layoutOf(stage).yaxis.title.text, /^Task loss<br>/);
});

interface Layout {
  xaxis: { range: number[] };
  xaxis2: { range: number[] };
  yaxis: { title: { text: string } };
}

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
