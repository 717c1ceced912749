import assert from "node:assert/strict";
import { taskById } from "../../glue/mod.ts";
import {
  commonestPath,
  meanFlops,
  metricsOf,
  pathSummary,
  predictionRows,
  shuffledPaths,
} from "./outcome.ts";

const config = {
  vocabSize: 1,
  hiddenSize: 2,
  numLayers: 3,
  numHeads: 1,
  intermediateSize: 5,
  maxPositions: 8,
  numSegments: 1,
  layerNormEpsilon: 1e-12,
};
const mrpc = taskById("mrpc"), mnli = taskById("mnli"), stsb = taskById("sts-b");
const example = (index: number, labelText: string) => ({
  a: "",
  b: "",
  label: Number(labelText),
  labelText,
  index,
});

Deno.test("predictionRows put labels, predictions and paths as GLUE writes them beside the file's row", () => {
  const rows = predictionRows(mrpc, [example(0, "1"), example(5, "0")], {
    predictions: [1, 1],
    paths: ["101", "111"],
  });
  assert.deepEqual(rows, [
    { id: 0, label: "1", prediction: "1", path: "101" },
    { id: 5, label: "0", prediction: "1", path: "111" },
  ]);
});

const rowOf = (label: string, prediction: string) => ({ id: 0, label, prediction, path: "1" });

Deno.test("metricsOf four MRPC rows, three right, has accuracy 75 and F1 80", () => {
  const rows = [rowOf("1", "1"), rowOf("1", "1"), rowOf("0", "1"), rowOf("0", "0")];
  const { score, ...parts } = metricsOf(mrpc, rows, null);
  assert.ok(Math.abs(score - 77.5) < 1e-9, JSON.stringify(parts));
});

Deno.test("metricsOf MNLI scores both dev sets, and a regression its written numbers", () => {
  const [first, second] = mnli.classNames;
  const metrics = metricsOf(mnli, [rowOf(first, first), rowOf(second, first)], [rowOf(first, first)]);
  assert.deepEqual([metrics.matched, metrics.mismatched, metrics.score], [50, 100, 50]);
  const perfect = metricsOf(stsb, [rowOf("1.0", "2.0"), rowOf("2.0", "3.0"), rowOf("3.0", "4.0")], null);
  assert.ok(Math.abs(perfect.score - 100) < 1e-9);
});

Deno.test("pathSummary of 101 and 100 executes 1.5 layers: always the first, never the second, the third half the time", () => {
  assert.deepEqual(pathSummary(["101", "100"], 3), {
    meanExecutedLayers: 1.5,
    numLayers: 3,
    executedShare: [1, 0, 0.5],
    distinctPaths: 2,
  });
});

Deno.test("meanFlops counts executed layers, head and gates at each example's own length", () => {
  const examples = [1, 3].map((length, index) => ({
    tokenIds: Array(length).fill(1),
    segmentIds: Array(length).fill(0),
    label: 0,
    index,
  }));
  // A layer on one token: 2 (16 + 20 + 4) = 80, on three 288; the head 2 (4 + 4) = 16.
  const flops = meanFlops(config, mrpc, examples, ["111", "100"], { gates: 3, exits: false });
  assert.equal(flops.meanPerExample, (3 * 80 + 288) / 2 + 16 + 3 * 4);
  assert.equal(flops.fullPerExample, 3 * (80 + 288) / 2 + 16);
  const left = meanFlops(config, mrpc, examples, ["111", "100"], { gates: 0, exits: true });
  assert.equal(left.meanPerExample, (3 * 80 + 288) / 2 + (3 + 1) / 2 * 16);
});

Deno.test("commonestPath is the most frequent, the first of equals", () => {
  assert.deepEqual(commonestPath(["10", "01", "01", "11"]), { path: "01", share: 0.5 });
  assert.deepEqual(commonestPath(["10", "01"]), { path: "10", share: 0.5 });
});

Deno.test("shuffledPaths deal the same paths to other examples, the same way for the same seed", () => {
  const paths = Array.from({ length: 40 }, (_, i) => i.toString(2).padStart(6, "0")), before = [...paths];
  const dealt = shuffledPaths(paths, 3);
  assert.deepEqual(paths, before);
  assert.deepEqual([...dealt].sort(), before);
  assert.notDeepEqual(dealt, before);
  assert.deepEqual(shuffledPaths(paths, 3), dealt);
  assert.notDeepEqual(shuffledPaths(paths, 4), dealt);
});
