import assert from "node:assert/strict";
import { InputError } from "../../errors.ts";
import {
  checkedTable,
  exampleText,
  gateSpreadTable,
  layerStateTable,
  lessonModelTable,
  objectiveTable,
  pathsTable,
  planTable,
  sampledPathTable,
  tokenTable,
} from "./tables.ts";

Deno.test("tokenTable names every id by the vocabulary, ten to a row and a new row for the second sentence", () => {
  const table = tokenTable(
    { tokenIds: [1, ...Array(11).fill(0), 0], segmentIds: [...Array(12).fill(0), 1] },
    ["cat", "[CLS]"],
  );
  assert.deepEqual(table.rows, [
    ["0–9", `[CLS]${" cat".repeat(9)}`, `1${" 0".repeat(9)}`, "0"],
    ["10–11", "cat cat", "0 0", "0"],
    ["12", "cat", "0", "1"],
  ]);
});

Deno.test("lessonModelTable names the weights by the first twelve digits of their sum", () => {
  const config = { numLayers: 12, hiddenSize: 64, numHeads: 4, vocabSize: 280 };
  const { rows } = lessonModelTable({ name: "b", config, parameters: 99, sha256: "0123456789abcdef" });
  assert.deepEqual(rows, [["b", "12", "64", "4", "280", "99", "0123456789ab…"]]);
});

Deno.test("exampleText shows one sentence or two, and the task", () => {
  const pair = exampleText("mrpc", { a: "x .", b: "y .", labelText: "1" });
  assert.equal(pair, "Task: MRPC\n\nSentence 1: *x .*\n\nSentence 2: *y .*\n\nLabel: 1");
  const one = exampleText("sst-2", { a: "x .", b: null, labelText: "0" });
  assert.equal(one, "Task: SST-2\n\nSentence: *x .*\n\nLabel: 0");
});

Deno.test("layerStateTable has no change for the embedding", () => {
  const table = layerStateTable([{ layer: 0, norm: 2, change: null }, { layer: 1, norm: 2.5, change: 1 }]);
  assert.deepEqual(table.rows, [["0", "2.000", "–"], ["1", "2.500", "1.000"]]);
});

Deno.test("planTable executes above one half only", () => {
  assert.deepEqual(planTable([0.5, 0.75]).rows, [["1", "0.5000", "0"], ["2", "0.7500", "1"]]);
});

Deno.test("gateSpreadTable shows a constant gate as zero deviation", () => {
  const spread = { layer: 1, mean: 0.5, deviation: 0, smallest: 0.5, largest: 0.5, inputDeviation: 0 };
  assert.deepEqual(gateSpreadTable([spread]).rows, [["1", "0.5000", "0.5000", "0.5000", "0.0000", "0.0000"]]);
});

Deno.test("sampledPathTable has a row per layer and works out the first reward", () => {
  const layer = { layer: 1, executeProb: 0.5, draw: 0.25, action: 1, logProb: -0.69314, reward: -0.5 };
  const other = { ...layer, layer: 2, draw: 0.75, action: 0 };
  const { rows, caption } = sampledPathTable({ layers: [layer, other], taskLoss: 0.2 }, { beta: 5 });
  assert.deepEqual([rows.length, rows[0]], [2, ["1", "0.5000", "0.2500", "1", "−0.6931", "−0.5000"]]);
  assert.match(caption, /β = 5, task loss of this path 0\.2000; R¹ = 1\/2 − 5 · 0\.2000 = −0\.50\. /);
});

Deno.test("objectiveTable adds the weighted terms of Eq. 12: 0.5 + 2 * 3 + 10 * 0.01 = 6.6", () => {
  const path = { taskLoss: 0.5, totalReward: -3, policyTerm: 4, meanExecuteProb: 0.7, ratePenalty: 0.01 };
  const table = objectiveTable(path, { lambda1: 2, lambda2: 10, targetRate: 0.6 });
  assert.deepEqual(table.rows.map((row) => row[3]), ["0.5000", "6.0000", "0.1000", "6.6000"]);
  assert.match(table.caption, /here 4.0000.+μ = 0.7000, t = 0.6/);
});

Deno.test("pathsTable counts paths, the commonest first", () => {
  const { rows, caption } = pathsTable(["10", "11", "11", "11"]);
  assert.deepEqual(rows, [["11", "2 of 2", "3", "75 %"], ["10", "1 of 2", "1", "25 %"]]);
  assert.match(caption, /^4 dev inputs, distinct paths: 2\./);
});

Deno.test("pathsTable shows a share below one in a hundred as such", () => {
  const { rows } = pathsTable([...Array(299).fill("11"), "10"]);
  assert.deepEqual(rows.map((row) => row[3]), ["100 %", "< 1 %"]);
});

Deno.test("pathsTable counts what comes after the eighth path together", () => {
  const paths = Array.from({ length: 10 }, (_, path) => path.toString(2).padStart(4, "0"));
  const { rows } = pathsTable([...paths, "0000"]);
  assert.deepEqual([rows.length, rows[0][2], rows[8]], [9, "2", ["2 more", "–", "2", "18 %"]]);
});

Deno.test("checkedTable throws for a check that does not hold and shows those that do", () => {
  const good = { claim: "1 + 1 = 2", found: "2", holds: true };
  assert.deepEqual(checkedTable([good]).rows, [["1 + 1 = 2", "2"]]);
  assert.throws(
    () => checkedTable([good, { claim: "losses agree", found: "0.1", holds: false }]),
    (error) => error instanceof InputError && /losses agree \(found 0.1\)/.test(error.message),
  );
});
