import assert from "node:assert/strict";
import { exampleStudy, firstOf6, type MadeUpRun } from "../study/example_study.ts";
import { executedShareByLevelFigure } from "./figure4.ts";
import { pathLengthFigure } from "./path_length.ts";

/** Rows of level 0 execute two layers, those of the other levels four; seed 1 always four. */
const run = (seed: number): MadeUpRun => ({
  method: "dpbert",
  settings: { targetRate: 0.45 },
  seed,
  right: 18,
  path: Array.from({ length: 20 }, (_, row) => firstOf6(seed === 0 && row < 5 ? 2 : 4)),
});
const study = exampleStudy([run(0), run(1)]);

Deno.test("executedShareByLevelFigure: one of two seeds executes layer 3 at level 0, both above", () => {
  const { spec: { data }, caption } = executedShareByLevelFigure(study.graded, "micro", "dpbert", "t0.45");
  const cells = (data as { base: number; text: string[] }[]).slice(0, -1); // the last is the bar of shades
  assert.deepEqual(cells.map(({ base }) => base), [-0.48, 0.52, 1.52, 2.52]);
  assert.deepEqual(cells[0].text, ["100", "100", "1/2", "1/2", "0", "0"]);
  assert.deepEqual(cells[1].text, ["100", "100", "100", "100", "0", "0"]);
  assert.match(caption, /2 seeds/);
});

Deno.test("executedShareByLevelFigure stars a cell whose seeds differ by more than 50 points: 100 and 40 are 70*", () => {
  const some = { ...run(0), path: Array.from({ length: 20 }, (_, row) => firstOf6(row % 5 < 3 ? 2 : 4)) };
  const { graded } = exampleStudy([some, run(1)]);
  const [{ text }] = executedShareByLevelFigure(graded, "micro", "dpbert", "t0.45").spec.data as {
    text: string[];
  }[];
  assert.deepEqual(text, ["100", "100", "70*", "70*", "0", "0"]);
});

Deno.test("pathLengthFigure: two layers at level 0, four above, in DPBERT's colour", () => {
  const [line] = pathLengthFigure(exampleStudy([run(0), { ...run(0), seed: 1 }])).spec.data as {
    x: number[];
    y: number[];
    marker: { color: string };
  }[];
  assert.deepEqual([line.x, line.y], [[0, 1, 2, 3], [2, 4, 4, 4]]);
  assert.equal(line.marker.color, "#0072B2");
});

Deno.test("pathLengthFigure draws a level line where all inputs of a task execute as many layers, fitted to 2 to 4", () => {
  const flat: MadeUpRun = { ...run(0), task: "qnli", path: firstOf6(3) };
  const { spec: { data, layout }, caption } = pathLengthFigure(exampleStudy([run(0), flat]));
  const [, line] = data as { y: number[]; marker: { symbol: string } }[];
  assert.deepEqual([line.y, line.marker.symbol], [[3, 3, 3, 3], "circle-open"]);
  const { title: { text }, range } = layout.yaxis as { title: { text: string }; range: number[] };
  assert.deepEqual([text, range], ["SST-2: layers (of 6)", [1.5, 4.5]]);
  assert.match(caption, /a single seed/);
});

Deno.test("pathLengthFigure leaves out systems that give all inputs of all tasks as many layers, but never DPBERT", () => {
  const fixed: MadeUpRun = { method: "bert", right: 20, path: firstOf6(6) };
  assert.deepEqual(pathLengthFigure(exampleStudy([fixed])).spec.data, []);
  const { spec: { data } } = pathLengthFigure(exampleStudy([fixed, { ...run(0), path: firstOf6(3) }]));
  assert.deepEqual((data as { name: string }[]).map(({ name }) => name), ["DPBERT"]);
});
