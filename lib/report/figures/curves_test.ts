import assert from "node:assert/strict";
import { trainingCurvesFigure } from "./curves.ts";

interface Trace {
  name: string;
  x: number[];
  y: number[];
  yaxis?: string;
}

const run = { profile: "glue", task: "mrpc", method: "dpbert", seed: 0, targetRate: 0.6 };
const lines = [
  { stage: "stage1", step: 10, loss: 0.6 },
  { stage: "stage1", step: 20, loss: 0.5 },
  { stage: "stage3", step: 10, loss: 0.7, meanExecuteProb: 0.9, executionRate: 1 },
  { stage: "stage3", step: 20, loss: 0.4, meanExecuteProb: 0.7, executionRate: 0.5 },
];
const traces = (figure: ReturnType<typeof trainingCurvesFigure>) => figure.spec.data as Trace[];

Deno.test("trainingCurvesFigure draws losses as dots and each stage's mean over steps counted through the stages", () => {
  const [batches, stage1, stage3] = traces(trainingCurvesFigure(lines, run));
  assert.deepEqual([batches.x, batches.y], [[10, 20, 30, 40], [0.6, 0.5, 0.7, 0.4]]);
  assert.deepEqual([stage1.x, stage1.y], [[10, 20], [0.55, 0.55]]);
  assert.deepEqual([stage3.x, stage3.y], [[30, 40], [0.55, 0.55]]);
});

Deno.test("trainingCurvesFigure's line is the running mean of a stage alone: 0, 1, 5 are 2 throughout", () => {
  const losses = [0, 1, 5].map((loss, i) => ({ stage: "stage1", step: i + 1, loss }));
  const [, mean] = traces(trainingCurvesFigure([...losses, { ...lines[2], step: 4 }], run));
  assert.deepEqual(mean.y, [2, 2, 2]);
});

Deno.test("trainingCurvesFigure leaves steps alone that already count through", () => {
  const through = lines.map((line, i) => ({ ...line, step: 10 * (i + 1) }));
  assert.deepEqual(traces(trainingCurvesFigure(through, run))[2].x, [30, 40]);
});

Deno.test("trainingCurvesFigure draws probability, executed share and target rate below", () => {
  const [, , , probability, executed, target] = traces(trainingCurvesFigure(lines, run));
  assert.deepEqual([probability.y, probability.yaxis], [[0.9, 0.7], "y2"]);
  assert.deepEqual(executed.y, [1, 0.5]);
  assert.deepEqual([target.x, target.y], [[10, 40], [0.6, 0.6]]);
});

Deno.test("trainingCurvesFigure has one panel for a backbone alone and survives an empty curve", () => {
  const figure = trainingCurvesFigure(lines.slice(0, 2), { ...run, method: "bert" });
  assert.equal(figure.spec.data.length, 2);
  assert.equal("yaxis2" in figure.spec.layout, false);
  assert.deepEqual(trainingCurvesFigure([], run).spec.data, []);
});

Deno.test("trainingCurvesFigure says what is drawn: task, seed, profile, no spread", () => {
  const { caption, width } = trainingCurvesFigure(lines, { ...run, profile: "smoke" });
  for (const part of ["DPBERT", "MRPC", "seed 0", "1 run", "never a result"]) {
    assert(caption.includes(part), part);
  }
  assert.equal(width, 960);
});
