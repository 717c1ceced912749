import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import {
  checkedTable,
  gateSpreadTable,
  layerStateTable,
  objectiveTable,
  pathsTable,
  planTable,
  sampledPathTable,
  tokenTable,
} from "./lesson.ts";

Deno.test("tokenTable names every id by the vocabulary", () => {
  const table = tokenTable({ tokenIds: [1, 0], segmentIds: [0, 1] }, ["cat", "[CLS]"]);
  assert.deepEqual(table.rows, [["0", "[CLS]", "1", "0"], ["1", "cat", "0", "1"]]);
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

Deno.test("sampledPathTable has a row per layer", () => {
  const layer = { layer: 1, executeProb: 0.5, draw: 0.25, action: 1, logProb: -0.69314, reward: -1 };
  assert.deepEqual(sampledPathTable([layer]).rows, [["1", "0.5000", "0.2500", "1", "−0.6931", "−1.0000"]]);
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

Deno.test("checkedTable throws for a check that does not hold and shows those that do", () => {
  const good = { claim: "1 + 1 = 2", found: "2", holds: true };
  assert.deepEqual(checkedTable([good]).rows, [["1 + 1 = 2", "2"]]);
  assert.throws(
    () => checkedTable([good, { claim: "losses agree", found: "0.1", holds: false }]),
    (error) => error instanceof InputError && /losses agree \(found 0.1\)/.test(error.message),
  );
});
