import assert from "node:assert/strict";
import { answersOf, isDynamic, isItDynamicTable, verdictFor, verdictText } from "./dynamic.ts";
import { exampleStudy, firstOf6, type MadeUpRun } from "../study/example_study.ts";

/** Rows of levels 0 to 3 execute 2 to 5 layers. */
const rising = Array.from({ length: 20 }, (_, row) => firstOf6(2 + Math.floor(row / 5)));

const paths = (shuffledPathsScore: number, commonestPathScore: number) => ({
  shuffledPathsScore,
  commonestPath: "110000",
  commonestPathShare: 0.25,
  commonestPathScore,
});

const planned = (changes: Partial<MadeUpRun>): MadeUpRun => ({
  method: "dpbert",
  settings: { targetRate: 0.45 },
  right: 20,
  path: rising,
  controls: paths(90, 95),
  ...changes,
});
const subset = (right: number, layers = 3): MadeUpRun => ({
  method: "static-subset",
  settings: { subset: "search", targetRate: layers / 6 },
  right,
  path: firstOf6(layers),
});
/** Subsets of three and of four layers: DPBERT executes 3.5. */
const subsets = (right: number) => [subset(right), subset(right, 4)];

const verdict = (...runs: MadeUpRun[]) => verdictFor(answersOf(exampleStudy(runs))[0]);

Deno.test("the verdict is static where no gate varies, whatever the rest says", () => {
  assert.match(verdict(planned({ path: firstOf6(4) }), ...subsets(10)), /^static/);
});

Deno.test("the verdict: paths that vary for nothing are told from paths that fit", () => {
  assert.match(verdict(planned({ controls: paths(99.5, 95) })), /another input's path does as well$/);
  assert.match(verdict(planned({ controls: paths(90, 99.5) })), /one path for all does as well$/);
  assert.match(verdict(planned({})), /^dynamic; whether it pays is not known/);
});

Deno.test("one path for all that scores as well is no match when it executes half a layer more", () => {
  const dearer = planned({ controls: { ...paths(90, 100), commonestPath: "111100" } }); // 4 layers beside 3.5
  assert.match(verdict(dearer), /^dynamic/);
  const { rows: [row], caption } = isItDynamicTable(exampleStudy([dearer]));
  assert.equal(row[4], "yes: 0.0, layers 0.5");
  assert.match(
    caption,
    /In every seed .* on 1 of 1 task \(SST-2\)\. .*; if only score counted in the last, it would be 0 of 1 task\./,
  );
});

Deno.test("what was not measured is not dynamic", () => {
  const { commonestPathScore: _, ...shuffledOnly } = paths(90, 95);
  for (const controls of [undefined, shuffledOnly]) {
    const [answers] = answersOf(exampleStudy([planned({ controls })]));
    assert.deepEqual([answers.dynamicSeeds, isDynamic(answers)], [0, false]);
    assert.match(verdictFor(answers), /^varied; whether .* was not measured$/);
  }
});

Deno.test("the verdict says whether planning pays beside the best fixed subset of as many layers", () => {
  assert.match(verdict(planned({}), ...subsets(10)), /^dynamic, and better/);
  assert.match(verdict(planned({}), ...subsets(19)), /^dynamic, but no better/);
  assert.match(
    verdict(planned({ right: 8, controls: { ...paths(30, 30) } }), ...subsets(20)),
    /^dynamic, and worse/,
  );
});

Deno.test("the best fixed subset of as many layers is the better on held-out rows, whoever chose it", () => {
  const ofPlanner = { ...subset(19, 4), settings: { subset: "commonest", targetRate: 0.45 } };
  const searched = subset(10, 4), held = (heldOut: number) => ({ heldOut });
  const cell = (...runs: MadeUpRun[]) =>
    isItDynamicTable(exampleStudy([planned({ path: firstOf6(4) }), ...runs])).rows[0][6];
  assert.match(cell({ ...searched, ...held(60) }, { ...ofPlanner, ...held(90) }), /^tie: \+5\.0/);
  assert.match(cell({ ...searched, ...held(90) }, { ...ofPlanner, ...held(60) }), /^win: \+50\.0/);
});

Deno.test("a static subset of fewer layers says nothing of DPBERT's unless its curve goes down to as many", () => {
  const few = [planned({}), subset(10)], found = isItDynamicTable(exampleStudy(few));
  assert.match(
    verdict(...few),
    /^dynamic; whether it pays is not known without a static subset of as many layers$/,
  );
  assert.equal(found.rows[0][6], "no common cost: 3.5 against 3.0 layers");
  assert.match(
    found.caption,
    /settings have no number of layers in common; `.* static-subset` makes them all\./,
  );
  const fewer = planned({ settings: { targetRate: 0.3 }, path: firstOf6(2), right: 8 });
  const [row] = isItDynamicTable(exampleStudy([...few, fewer])).rows; // two thirds of the way from 40 to 100: 80
  assert.match(row[6], /^win: \+30\.0 \(.*\) at 3\.0 layers$/);
});

Deno.test("a fixed subset of more layers that is worse is not one of as many layers", () => {
  const runs = [planned({}), subset(10, 4)], { rows: [row], caption } = isItDynamicTable(exampleStudy(runs));
  assert.match(row[6], /^dominates: \+50\.0 \(.*\) at 3\.5 against 4\.0 layers$/);
  assert.equal(row[7], "dynamic, and better than the best fixed subset found, which has more layers");
  assert.match(caption, /of as many layers is not known yet: .* have no number of layers in common;/);
  const onRte = [planned({}), ...subsets(10)].map((run) => ({ ...run, task: "rte" }));
  assert.match(
    verdictText(exampleStudy([...runs, ...onRte])),
    /better than the best fixed subset of as many layers on 1 of 1 task \(RTE\)\./,
  );
});

Deno.test("one seed that says no is no yes, and the answer, the verdict and the caption say in how many it is one", () => {
  const cells = (other: MadeUpRun) => isItDynamicTable(exampleStudy([planned({}), { ...other, seed: 1 }]));
  const shuffled = cells(planned({ controls: paths(100, 95) }));
  assert.equal(shuffled.rows[0][3], "in 1 of 2 seeds: 5.0 (0.0 to 10.0)");
  assert.equal(shuffled.rows[0][7], "varied, but another input's path does as well in 1 of 2 seeds");
  assert.match(
    shuffled.caption,
    /In every seed .* on 0 of 1 task, in some seeds on 1 of 1 task \(SST-2\)\. Dynamic/,
  );
  const same = cells(planned({ controls: paths(90, 100) })).rows[0];
  assert.equal(same[4], "in 1 of 2 seeds: 2.5 (0.0 to 5.0), layers −1.5");
  assert.equal(same[7], "varied, but one path for all does as well in 1 of 2 seeds");
  const still = cells(planned({ path: firstOf6(4) })).rows[0];
  assert.equal(still[2], "in 1 of 2 seeds: gates 0–3 of 6, paths 1–4");
  assert.equal(still[7], "varied in 1 of 2 seeds, static in 1");
});

Deno.test("a comparison of fewer seeds than the row says of how many", () => {
  const study = exampleStudy([planned({}), planned({ seed: 1 }), ...subsets(10)]);
  assert.match(isItDynamicTable(study).rows[0][6], /^win: .*, 1 seed$/);
});

Deno.test("a path that gets longer level by level follows difficulty, one that does not does not", () => {
  const [risen, same] = [planned({}), planned({ path: rising.toReversed() })].map((run) =>
    answersOf(exampleStudy([run]))[0]
  );
  assert.deepEqual([risen.followsDifficulty, risen.correlation], [[true], 1]);
  assert.deepEqual([same.followsDifficulty, same.correlation], [[false], -1]);
});

Deno.test("isItDynamicTable answers with its numbers, and its caption begins with the verdict over all tasks", () => {
  const { rows: [row], caption } = isItDynamicTable(exampleStudy([planned({}), ...subsets(10)]));
  assert.deepEqual(row.slice(0, 6), [
    "SST-2",
    "1",
    "yes: gates 3 of 6, paths 4",
    "yes: 10.0",
    "yes: 5.0, layers −1.5",
    "yes: 1.00",
  ]);
  assert.match(row[6], /^win: \+50\.0 \(/);
  assert.match(
    caption,
    /^\*\*In every seed the planning is dynamic on 1 of 1 task \(SST-2\)\. .* Harder inputs .* on 1 of 1 task/,
  );
  assert.match(caption, /best fixed subset of as many layers on 1 of 1 task \(SST-2\)\.\*\*/);
});

Deno.test("verdictText without runs names the command that makes them", () => {
  assert.match(
    verdictText(exampleStudy([])),
    /`deno task reproduce --profile micro --full --methods dpbert`/,
  );
  assert.match(
    verdictText(exampleStudy([planned({})])),
    /not known yet: `.* --methods static-subset`/,
  );
});
