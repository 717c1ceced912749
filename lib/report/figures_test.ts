import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../runs/example_records.ts";
import { figure3 } from "./figure3.ts";
import { executedShareFigure } from "./figure4.ts";
import { readPaper } from "./paper.ts";

interface Trace {
  name: string;
  x: number[];
  y: number[];
  xaxis: string;
  showlegend: boolean;
  error_y: { array: number[]; arrayminus: number[]; visible: boolean };
  marker: { color: string; symbol: string };
}

const paper = readPaper();
const traces = (figure: { spec: { data: unknown[] } }) => figure.spec.data as Trace[];

Deno.test("executedShareFigure shows layers from 1, means in percent and whiskers over seeds", () => {
  const path = { meanExecutedLayers: 4, numLayers: 6, executedShare: [1, 1, 1, 0, 0, 1], distinctPaths: 1 };
  const figure = executedShareFigure([exampleRecord(), exampleRecord({ seed: 1, path })], "glue");
  const [bars] = traces(figure);
  assert.deepEqual(bars.x, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(bars.y, [100, 100, 100, 50, 0, 100]);
  assert.deepEqual([bars.error_y.array[3], bars.error_y.arrayminus[3], bars.error_y.visible], [50, 50, true]);
  assert(figure.caption.includes("2 seeds"));
});

Deno.test("figures name the records and timings they are drawn from", () => {
  const records = [exampleRecord({ method: "bert" }), exampleRecord(), exampleRecord({ setting: "t0.4" })];
  assert.deepEqual(executedShareFigure(records, "glue").sources, ["runs/mrpc/dpbert-s0.json"]);
  assert.deepEqual(figure3(records, [exampleTiming()], paper, "glue").sources, [
    "runs/mrpc/bert-s0.json", // dpbert at t0.4 has no latency, so no point
    "runs/mrpc/dpbert-s0.json",
    "timings/mrpc/dpbert-s0.json",
  ]);
});

Deno.test("executedShareFigure gives each task a panel in the method's colour", () => {
  const [a, b] = traces(executedShareFigure([exampleRecord(), exampleRecord({ task: "rte" })], "glue"));
  assert.deepEqual([a.xaxis, b.xaxis], ["x", "x2"]);
  assert.equal(a.marker.color, "#0072B2");
  assert.equal(a.error_y.visible, false);
});

Deno.test("figure3 sets scores against percent of BERT's latency, one panel per task", () => {
  const records = ["mrpc", "sts-b"].flatMap((task) => [
    exampleRecord({ task, method: "bert", metrics: { score: 90 } }),
    exampleRecord({ task, metrics: { score: 88 } }),
    exampleRecord({ task, setting: "t0.4", metrics: { score: 80 } }),
  ]);
  const faster = {
    medianMs: 6,
    p90Ms: 7,
    n: 10,
    fullMedianMs: 12,
    speedup: 2,
    batchSize: 1 as const,
    load: 0,
  };
  const timings = [
    exampleTiming(),
    exampleTiming({ setting: "t0.4", latency: faster }),
    exampleTiming({ task: "sts-b" }),
  ];
  const found = traces(figure3(records, timings, paper, "glue"));
  const dpbert = found.filter((trace) => trace.name === "DPBERT");
  assert.equal(dpbert.length, 2);
  assert.deepEqual(dpbert[0].x.map(Math.round), [50, 83]);
  assert.deepEqual(dpbert[0].y, [80, 88]);
  assert.deepEqual(dpbert.map((trace) => trace.showlegend), [true, false]);
  assert.deepEqual(dpbert.map((trace) => trace.xaxis), ["x", "x2"]);
  const [bert] = found.filter((trace) => trace.name === "BERT");
  assert.deepEqual([bert.x, bert.y], [[100], [90]]);
});

Deno.test("figure3 draws the paper's claim in grey from our BERT's score: 98 % of 90 at 75 %", () => {
  const records = [exampleRecord({ method: "bert", metrics: { score: 90 } })];
  const claim = traces(figure3(records, [], paper, "glue")).at(-1)!;
  assert.equal(claim.x[0], 75);
  assert(Math.abs(claim.y[0] - 88.2) < 1e-9);
  assert.equal(claim.marker.color, "#767676");
});

Deno.test("figures survive a profile without runs", () => {
  assert.deepEqual(figure3([], [], paper, "glue").spec.data, []);
  assert.deepEqual(executedShareFigure([], "glue").spec.data, []);
});
