import assert from "node:assert/strict";
import { levelTable } from "./lesson_levels.ts";

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
