import assert from "node:assert/strict";
import { asSpeedups, comparedCell, inLayers } from "./compared_cell.ts";
import type { Compared } from "./comparison.ts";
import { exampleStudy, firstOf6 } from "./example_study.ts";
import { placeOf } from "./families.ts";

const { groups: [group] } = exampleStudy([{ method: "pabee", right: 20, path: firstOf6(4) }]);

/** Twelve points more, at those costs. */
const compared = (moved: boolean, first: number, second: number): Compared => ({
  first: placeOf({ group, cost: first }),
  second: placeOf({ group, cost: second }),
  moved,
  scores: [92, 80],
  seeds: [0],
  difference: { mean: 12, low: 3.04, high: 21 },
  verdict: "win",
});

Deno.test("comparedCell says where it was compared, if that is not where the setting stands", () => {
  const text = "win: +12.0 (+3.0 to +21.0)";
  assert.equal(comparedCell(compared(false, 4 / 6, 4 / 6), inLayers), text);
  assert.equal(comparedCell(compared(true, 4 / 6, 4 / 6), inLayers), `${text} at 4.0 layers`);
  assert.equal(comparedCell(compared(true, 4 / 6, 4 / 6), asSpeedups), `${text} at 1.50×`);
});

Deno.test("comparedCell says both places where one side has nothing better than a cheaper one", () => {
  assert.match(comparedCell(compared(false, 5 / 6, 4 / 6), inLayers), / at 5\.0 against 4\.0 layers$/);
  assert.match(comparedCell(compared(false, 5 / 6, 4 / 6), asSpeedups), / at 1\.20× against 1\.50×$/);
});
