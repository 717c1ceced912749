import assert from "node:assert/strict";
import { levelTable, planningTable } from "./levels.ts";

const row = (level: number, isRight: boolean, path: string) => ({ level, isRight, path });

Deno.test("levelTable counts per level what is right, and the layers of the model that is named", () => {
  const { columns, rows } = levelTable({
    full: [row(2, true, "11"), row(1, true, "11"), row(2, false, "11")],
    planned: [row(2, false, "11"), row(1, true, "10"), row(2, false, "10")],
  }, "planned");
  assert.deepEqual(columns, [
    ...["Level", "Inputs", "Correct, full (%)", "Correct, planned (%)", "Layers, planned"],
  ]);
  assert.deepEqual(rows, [
    ["1", "1", "100.0", "100.0", "1.0"],
    ["2", "2", "50.0", "0.0", "1.5"],
    ["all", "3", "66.7", "33.3", "1.3"],
  ]);
});

Deno.test("planningTable counts gates that vary and dealt paths, and what those cost: 100 less 50 points", () => {
  const planned = [row(1, true, "110"), row(2, true, "111")];
  const { rows } = planningTable(planned, [row(1, true, "111"), row(2, false, "110")]);
  assert.deepEqual(rows.map(([, found]) => found), ["1 of 3", "1.00", "2 of 2", "50.0"]);
  const fixed = planned.map((one) => ({ ...one, path: "110" }));
  assert.deepEqual(planningTable(fixed, fixed).rows.map(([, found]) => found), [
    ...["0 of 3", "0.00", "0 of 2", "0.0"],
  ]);
});
