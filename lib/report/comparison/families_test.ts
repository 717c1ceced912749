import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import { settingSlug } from "../../runs/records/store.ts";
import {
  curveOf,
  familiesOf,
  familyOf,
  isOfSystem,
  latencyCost,
  layerCost,
  placeAt,
  pointsOf,
} from "./families.ts";
import { groupRuns } from "../study/groups.ts";

/** A run under `settings` that executes the first `layers` of six; its held-out score is not known unless given. */
function run(
  method: string,
  settings: Record<string, string | number>,
  layers: number,
  { heldOut = null, seed = 0 }: { heldOut?: number | null; seed?: number } = {},
) {
  const executedShare = Array.from({ length: 6 }, (_, layer) => Number(layer < layers));
  return exampleRecord({
    method,
    setting: settingSlug(settings),
    seed,
    recipe: settings,
    selection: { rule: "best held-out score", step: 200, heldOutScore: heldOut },
    path: { meanExecutedLayers: layers, numLayers: 6, executedShare, distinctPaths: 1 },
  });
}

const records = [
  run("pabee", { exitBy: "entropy", threshold: 0.2 }, 2),
  run("pabee", { exitBy: "entropy", threshold: 0.1 }, 4),
  run("pabee", { patience: 3 }, 5),
  run("dpbert", { rewardBaseline: "self-critical", targetRate: 0.6 }, 3),
];
const groups = groupRuns(records, [], "glue");

Deno.test("a family is all settings but the knob", () => {
  assert.deepEqual(familiesOf(groups), [
    { method: "pabee", setting: "" },
    { method: "pabee", setting: "exitBy=entropy" },
    { method: "dpbert", setting: "rewardBaseline=self-critical" },
  ]);
  assert.deepEqual(familyOf(run("bert-first-k", { firstLayers: 4 }, 4)).setting, "");
});

const entropy = curveOf(groups, "mrpc", { method: "pabee", setting: "exitBy=entropy" }, layerCost)!;

Deno.test("a curve runs from its cheapest point to its dearest", () => {
  assert.deepEqual(entropy.points.map(({ group, cost }) => [group.setting, cost]), [
    ["exitBy=entropy-th0.2", 2 / 6],
    ["exitBy=entropy-th0.1", 4 / 6],
  ]);
  assert.deepEqual([entropy.cheapest, entropy.dearest], [2 / 6, 4 / 6]);
});

Deno.test("a curve of latencies leaves out points that were not timed", () => {
  const [first, second] = records;
  const timing = exampleTiming({ method: first.method, setting: first.setting }); // speed-up 1.2
  const timed = groupRuns([first, second], [timing], "glue");
  const curve = curveOf(timed, "mrpc", { method: "pabee", setting: "exitBy=entropy" }, latencyCost)!;
  assert.deepEqual(curve.points.map(({ cost }) => cost), [1 / 1.2]);
});

Deno.test("placeAt: three of six layers lie half way between two and four", () => {
  const place = placeAt(entropy, 3 / 6)!;
  assert.deepEqual([place.lower, place.upper], entropy.points.map(({ group }) => group));
  assert(Math.abs(place.weight - 0.5) < 1e-9);
});

Deno.test("placeAt: beyond its dearest setting and below its cheapest a curve has nothing", () => {
  const [cheapest, dearest] = [2 / 6, 4 / 6].map((cost) => placeAt(entropy, cost)!);
  assert.deepEqual([cheapest.lower.setting, cheapest.weight], ["exitBy=entropy-th0.2", 0]);
  assert.deepEqual([dearest.lower.setting, dearest.weight], ["exitBy=entropy-th0.1", 0]);
  assert.equal(placeAt(entropy, 5 / 6), null);
  assert.equal(placeAt(entropy, 1 / 6), null);
});

Deno.test("without a setting that was measured there is no curve", () => {
  assert.equal(curveOf(groups, "rte", { method: "pabee", setting: "" }, layerCost), null);
});

/** PABEE's curve through runs of patience 1, 2 and so on, and the patience of every point on it. */
function pabee(runs: readonly { layers: number; heldOut?: number; seed?: number; patience?: number }[]) {
  const made = runs.map(({ layers, patience, ...other }, at) =>
    run("pabee", { patience: patience ?? at + 1 }, layers, other)
  );
  const all = groupRuns(made, [], "glue"), family = { method: "pabee", setting: "" };
  const curve = curveOf(all, "mrpc", family, layerCost)!;
  const settings = curve.points.map(({ group }) => group.setting);
  return { curve, settings, measured: pointsOf(all, "mrpc", family, layerCost).length };
}

Deno.test("a curve leaves out what a cheaper setting equals or beats on held-out rows", () => {
  const { curve, settings, measured } = pabee([
    { layers: 2, heldOut: 60 },
    { layers: 3, heldOut: 55 }, // beaten
    { layers: 4, heldOut: 60 }, // equalled
    { layers: 5, heldOut: 70 },
  ]);
  assert.deepEqual([settings, measured], [["p1", "p4"], 4]);
  const place = placeAt(curve, 4 / 6)!; // two of the three layers from two to five
  assert.deepEqual([place.lower.setting, place.upper.setting], ["p1", "p4"]);
  assert(Math.abs(place.weight - 2 / 3) < 1e-9);
});

Deno.test("a curve goes on level where only settings that it leaves out cost more", () => {
  const { curve } = pabee([{ layers: 2, heldOut: 60 }, { layers: 4, heldOut: 50 }]);
  for (const cost of [3 / 6, 4 / 6]) {
    const place = placeAt(curve, cost)!;
    assert.deepEqual([place.lower.setting, place.weight, place.cost], ["p1", 0, 2 / 6]);
  }
  assert.equal(placeAt(curve, 5 / 6), null);
});

Deno.test("of settings of one cost the better stays, of two alike the first", () => {
  assert.deepEqual(pabee([{ layers: 3, heldOut: 60 }, { layers: 3, heldOut: 70 }]).settings, ["p2"]);
  assert.deepEqual(pabee([{ layers: 3, heldOut: 60 }, { layers: 3, heldOut: 60 }]).settings, ["p1"]);
});

Deno.test("held-out scores are compared over the seeds that both have; without any both settings stay", () => {
  const first = [{ layers: 2, heldOut: 60 }, { layers: 2, heldOut: 10, seed: 1 }];
  const patient = (patience: number, runs: typeof first) => runs.map((run) => ({ ...run, patience }));
  const dearer = (heldOut: number) => patient(2, [{ layers: 4, heldOut }]);
  assert.deepEqual(pabee([...patient(1, first), ...dearer(50)]).settings, ["p1"]); // 60 against 50, not 35
  assert.deepEqual(pabee([...patient(1, first), ...dearer(61)]).settings, ["p1", "p2"]);
  assert.deepEqual(pabee([{ layers: 2, heldOut: 60 }, { layers: 4 }]).settings, ["p1", "p2"]);
  assert.deepEqual(pabee([{ layers: 2, heldOut: 60 }, { layers: 4, heldOut: 50, seed: 1 }]).settings, [
    "p1",
    "p2",
  ]);
});

Deno.test("isOfSystem: a knob or another exit make a system, a reward baseline an ablation", () => {
  assert.deepEqual(records.map(isOfSystem), [true, true, true, false]);
});
