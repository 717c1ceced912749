import assert from "node:assert/strict";
import { asSpeedups, comparedCell, inLayers, scoreThere, uncomparedCell } from "./cell.ts";
import type { Compared } from "./comparison.ts";
import { exampleStudy, firstOf6 } from "../study/example_study.ts";
import { latencyCost, layerCost, placeOf } from "./families.ts";

const { groups: [group] } = exampleStudy([{ method: "pabee", right: 20, path: firstOf6(4) }]);

/** Twelve points more, at those costs. */
const compared = (moved: boolean, first: number, second: number): Compared => ({
  first: placeOf({ group, cost: first }),
  second: placeOf({ group, cost: second }),
  moved,
  apart: false,
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
  assert.match(comparedCell(compared(false, 5 / 6, 5.01 / 6), inLayers), / at 5\.00 against 5\.01 layers$/);
  assert.match(comparedCell(compared(false, 5 / 6, 4 / 6), asSpeedups), / at 1\.20× against 1\.50×$/);
});

Deno.test("comparedCell says who dominates where there is no common cost, and of a tie who is the cheaper", () => {
  const shown = (changes: Partial<Compared>, first = 3 / 6) =>
    comparedCell({ ...compared(true, first, 4 / 6), apart: true, ...changes }, inLayers);
  assert.equal(shown({}), "dominates: +12.0 (+3.0 to +21.0) at 3.0 against 4.0 layers");
  assert.match(shown({ verdict: "loss" }, 5 / 6), /^dominated: .* at 5\.0 against 4\.0 layers$/);
  assert.match(shown({ verdict: "tie" }), /^tie, cheaper: /);
  assert.match(shown({ verdict: "tie" }, 5 / 6), /^tie, dearer: /);
});

Deno.test("scoreThere marks what was read off between two settings", () => {
  const there = compared(false, 4 / 6, 4 / 6), between = { ...there.second, weight: 0.5 };
  assert.equal(scoreThere(there, 1), "80.0");
  assert.equal(scoreThere({ ...there, second: between }, 1), "≈ 80.0");
});

Deno.test("uncomparedCell tells a missing run, a regression, a missing clock and costs that never meet", () => {
  const pabee = { method: "pabee", setting: "" };
  const cell = (
    theirs: Parameters<typeof exampleStudy>[0],
    family = pabee,
    task = "sst-2",
    cost = layerCost,
  ) => {
    const ours = { method: "dpbert", right: 10, path: firstOf6(3), task };
    const study = exampleStudy([ours, ...theirs]),
      own = study.groups.find(({ method }) => method === "dpbert")!;
    return uncomparedCell(study, own, family, cost, inLayers);
  };
  const exit = { method: "pabee", right: 20, path: firstOf6(4) };
  assert.equal(cell([]), "no run yet");
  assert.equal(cell([], { method: "deebert", setting: "" }, "sts-b"), "not for a regression");
  assert.equal(cell([exit], pabee, "sst-2", latencyCost), "not timed");
  assert.equal(cell([exit]), "no common cost: 3.0 against 4.0 layers");
  assert.equal(cell([{ ...exit, path: firstOf6(3), seed: 1 }]), "no seed in common");
});
