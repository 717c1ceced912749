import assert from "node:assert/strict";
import { gatesFigure, gatesTable } from "./gates.ts";

Deno.test("gatesTable shows what soft gates lose when they must decide: 90 less 70", () => {
  const { columns, rows, caption } = gatesTable([{
    method: "dpbert-soft",
    soft: { score: 90 },
    thresholded: { score: 70, layers: 5.5 },
    sampled: { score: 60, layers: 6 },
  }], { numLayers: 12, targetRate: 0.6, start: "stage 1 of 300 steps" });
  assert.equal(columns[3], "Gap");
  assert.deepEqual(rows, [["DPBERT-soft", "90.0", "70.0", "+20.0", "5.5 of 12", "60.0", "6.0 of 12"]]);
  assert.match(caption, /from the same stage 1 of 300 steps, target rate 0.6: .* not a result\.$/);
});

Deno.test("gatesFigure draws means with whiskers to the ends, models beside each other, and the threshold", () => {
  const spreads = [{ layer: 1, mean: 0.5, smallest: 0.25, largest: 1 }];
  const { spec: { data } } = gatesFigure([{ method: "dpbert", spreads }, { method: "dpbert-soft", spreads }]);
  const [threshold, hard, soft] = data as { name: string; x: number[]; y: number[]; error_y: unknown }[];
  assert.deepEqual([threshold.x, threshold.y], [[0.5, 1.5], [0.5, 0.5]]);
  assert.deepEqual([hard.name, hard.x, soft.name, soft.x], ["DPBERT", [0.875], "DPBERT-soft", [1.125]]);
  const { array, arrayminus } = soft.error_y as { array: number[]; arrayminus: number[] };
  assert.deepEqual([soft.y, array, arrayminus], [[0.5], [0.5], [0.25]]);
});
