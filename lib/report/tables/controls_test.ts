import assert from "node:assert/strict";
import { exampleStudy, firstOf6, type MadeUpRun } from "../study/example_study.ts";
import { controlsTable } from "./controls.ts";

/** 3.5 layers on average: five rows each execute 2, 3, 4 and 5. */
const planned: MadeUpRun = {
  method: "dpbert",
  settings: { targetRate: 0.45 },
  right: 20,
  path: Array.from({ length: 20 }, (_, row) => firstOf6(2 + Math.floor(row / 5))),
  controls: {
    shuffledPathsScore: 90,
    commonestPath: "110000",
    commonestPathShare: 0.25,
    commonestPathScore: 95,
  },
};
const subsets = [3, 4].map((layers): MadeUpRun => ({
  method: "static-subset",
  settings: { subset: "search", targetRate: layers / 6 },
  right: 10,
  path: firstOf6(layers),
}));

Deno.test("controlsTable sets every control beside the score", () => {
  const { rows: [row] } = controlsTable(exampleStudy([planned, ...subsets]));
  assert.deepEqual(row, [
    ...["SST-2", "t0.45", "1", "100.0", "3.5", "25 % at 2 layers", "5.0", "10.0"],
    ...["–", "no run yet", "50.0 at 3.0", "no run yet"],
  ]);
});

Deno.test("controlsTable says of how many seeds a subset is, where it has fewer", () => {
  const { rows: [row] } = controlsTable(exampleStudy([planned, { ...planned, seed: 1 }, ...subsets]));
  assert.equal(row[10], "50.0 at 3.0, 1 seed");
});

Deno.test("controlsTable names the records of the subsets that it shows", () => {
  const { leads } = controlsTable(exampleStudy([planned, ...subsets]));
  assert.deepEqual(leads!.rows[0].map(({ path }) => path), [
    "runs/sst-2/dpbert-t0.45-s0.json",
    "runs/sst-2/static-subset-subset=search-t0.5-s0.json",
  ]);
});
