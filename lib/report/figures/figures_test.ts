import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import { figure3 } from "./figure3.ts";
import { executedShareFigure } from "./figure4.ts";
import { readPaper } from "../study/paper.ts";

interface Trace {
  name: string;
  x: number[];
  y: number[];
  xaxis: string;
  showlegend: boolean;
  error_y: { array: number[]; arrayminus: number[]; visible: boolean };
  marker: { color: string; symbol: string | string[] };
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

Deno.test("figure3 sets percent of BERT's score against percent of its latency, one panel per task", () => {
  const records = ["mrpc", "sts-b"].flatMap((task) => [
    exampleRecord({ task, method: "bert", metrics: { score: 90 } }),
    exampleRecord({ task, metrics: { score: 90 } }),
    exampleRecord({ task, setting: "t0.4", metrics: { score: 88.2 } }),
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
  assert.deepEqual(dpbert[0].y.map(Math.round), [98, 100]);
  assert.deepEqual(dpbert.map((trace) => trace.showlegend), [true, false]);
  assert.deepEqual(dpbert.map((trace) => trace.xaxis), ["x", "x2"]);
  const [bert] = found.filter((trace) => trace.name === "BERT");
  assert.deepEqual([bert.x, bert.y], [[100], [100]]);
});

Deno.test("figure3 draws the paper in grey, of its own BERT: 87.8 of 88.1 on MRPC; its claim 98 % at 75 %", () => {
  const found = traces(figure3([exampleRecord({ method: "bert" })], [], paper, "glue"));
  const claim = found.at(-1)!, dpbert = found.find(({ name }) => name === "DPBERT, the paper's")!;
  assert.deepEqual([claim.x, claim.y, claim.marker.color], [[75], [98], "#767676"]);
  assert.equal(dpbert.y[0], 100 * 87.8 / 88.1);
});

const sst2 = (method: string, score: number, setting = "") =>
  exampleRecord({ task: "sst-2", method, setting, metrics: { score } });
const timed = (method: string, speedup: number, setting = "") =>
  exampleTiming({
    task: "sst-2",
    method,
    setting,
    latency: { ...exampleTiming().latency!, speedup },
  });

Deno.test("figure3 shows the best once more, close up, where some keep less than 95 %", () => {
  const records = [sst2("bert", 90), sst2("deebert", 45), sst2("dpbert", 89)];
  const { spec } = figure3(records, [timed("deebert", 2), timed("dpbert", 2)], paper, "glue");
  const deebert = (spec.data as Trace[]).filter(({ name }) => name === "DeeBERT");
  assert.deepEqual(deebert.map(({ y, xaxis }) => [y[0], xaxis]), [[50, "x"], [50, "x2"]]);
  assert.deepEqual((spec.layout.yaxis2 as { range: number[] }).range, [95, 100.7]);
  const none = figure3(
    records.filter(({ method }) => method !== "deebert"),
    [timed("dpbert", 2)],
    paper,
    "glue",
  );
  assert.equal(none.spec.layout.yaxis2, undefined);
});

Deno.test("figure3 opens the marker of a single seed and says so", () => {
  const records = [sst2("bert", 90), { ...sst2("bert", 91), seed: 1 }, sst2("dpbert", 89)];
  const { spec, caption } = figure3(records, [timed("dpbert", 2)], paper, "glue");
  const symbols = (spec.data as Trace[]).slice(0, 2).map(({ marker }) => marker.symbol);
  assert.deepEqual(symbols, [["star"], ["circle-open"]]);
  assert.match(caption, /Open markers: a single seed\./);
  assert.doesNotMatch(figure3(records.slice(0, 2), [], paper, "glue").caption, /Open markers/);
});

Deno.test("figure3 names who has no point on a task, how far the compared curves reach, and what they share", () => {
  const records = [sst2("bert", 90), sst2("deebert", 89), sst2("dpbert", 89), sst2("dpbert", 88, "t0.4")];
  const timings = [timed("deebert", 1.25), timed("dpbert", 2), timed("dpbert", 2.5, "t0.4")];
  const qnli = exampleRecord({ task: "qnli", method: "bert" });
  const { caption } = figure3([...records, qnli], timings, paper, "glue");
  assert.match(caption, /Without a point on QNLI: DeeBERT; DPBERT\./);
  assert.match(
    caption,
    /Latencies reached: DPBERT 40–50 % on SST-2; DeeBERT 80 % on SST-2; the two have none in common on SST-2\./,
  );
});

Deno.test("figures survive a profile without runs", () => {
  assert.deepEqual(figure3([], [], paper, "glue").spec.data, []);
  assert.deepEqual(executedShareFigure([], "glue").spec.data, []);
});
