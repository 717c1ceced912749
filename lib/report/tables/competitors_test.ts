import assert from "node:assert/strict";
import { competitorsTable, winsTable } from "./competitors.ts";
import { exampleStudy, firstOf6, type MadeUpRun } from "../study/example_study.ts";

const run = (
  method: string,
  settings: Record<string, string | number>,
  layers: number,
  right: number,
): MadeUpRun => ({
  method,
  settings,
  right,
  path: firstOf6(layers),
  speedup: 6 / layers,
});

const study = exampleStudy([
  run("bert", {}, 6, 20),
  run("dpbert", { targetRate: 0.45 }, 3, 20),
  run("dpbert", { targetRate: 0.9 }, 5, 20),
  run("dpbert", { lambda1: 0, targetRate: 0.45 }, 3, 4),
  run("pabee", { patience: 1 }, 2, 8),
  run("pabee", { patience: 2 }, 4, 12),
  { ...run("deebert", { threshold: 0.1 }, 3, 20), speedup: undefined },
]);

Deno.test("competitorsTable: three layers against half way between two and four, and the same by the clock", () => {
  const { rows } = competitorsTable(study);
  const compared = rows.filter(([task]) => task === "SST-2").map(([, competitor]) => competitor);
  assert.deepEqual(compared, ["DeeBERT", "PABEE"]); // neither BERT nor an ablation
  const [, , seeds, layers, ours, theirs, verdict, speedup, timed] = rows[1];
  assert.deepEqual([seeds, layers, ours, theirs, speedup], ["1", "3.0", "100.0", "≈ 50.0", "2.00×"]);
  assert.match(verdict, /^win: \+50\.0 \(/);
  assert.equal(timed, verdict); // a layer costs a sixth of the time here
});

Deno.test("competitorsTable says where a competitor was not timed", () => {
  const [deebert] = competitorsTable(study).rows;
  assert.deepEqual(deebert.slice(6), ["tie: 0.0 (0.0 to 0.0)", "–", "not timed"]);
});

Deno.test("winsTable counts verdicts: one task, and two settings of DPBERT", () => {
  const nothing = "0 / 0 / 0";
  assert.deepEqual(winsTable(study).rows, [
    // Both settings at its three layers.
    ["DeeBERT", "1", "1 of 1", "0 / 1 / 0", nothing, "0 of 1", nothing, nothing, "0 / 1 / 0", nothing],
    ["PABEE", "1", "1 of 1", "1 / 0 / 0", nothing, "1 of 1", "1 / 0 / 0", nothing, "2 / 0 / 0", nothing],
  ]);
});

Deno.test("winsTable names the records that its verdicts are of, of every setting", () => {
  const paths = winsTable(study).leads!.rows[1].map(({ path }) => path);
  assert.deepEqual(paths.filter((path) => !path.startsWith("timings/")), [
    "tables/competitors.md",
    "runs/sst-2/dpbert-t0.45-s0.json",
    "runs/sst-2/pabee-p1-s0.json",
    "runs/sst-2/pabee-p2-s0.json",
    "runs/sst-2/dpbert-t0.9-s0.json",
  ]);
});

Deno.test("winsTable counts once what two settings beyond an end of the competitor's curve come to", () => {
  const ours = [2, 3, 5, 6].map((layers) => run("dpbert", { targetRate: layers / 10 }, layers, 20));
  const counts = (...layers: number[]) =>
    winsTable(exampleStudy([...ours, ...layers.map((one) => run("pabee", { patience: one }, one, 8))]))
      .rows[0].at(-2);
  assert.equal(counts(4, 6), "3 / 0 / 0"); // at four layers, five and six
  assert.equal(counts(1, 4), "3 / 0 / 0"); // at two, three and four
});

Deno.test("winsTable counts apart what has no common cost, and only where the cheaper is no worse", () => {
  const counts = (layers: number, right: number) =>
    winsTable(
      exampleStudy([
        run("dpbert", { targetRate: 0.45 }, 3, 18),
        run("pabee", { patience: 1 }, layers, right),
      ]),
    )
      .rows[0].slice(2, 5);
  assert.deepEqual(counts(4, 8), ["1 of 1", "0 / 0 / 0", "1 / 0 / 0"]);
  assert.deepEqual(counts(2, 18), ["1 of 1", "0 / 0 / 0", "0 / 1 / 0"]);
  assert.deepEqual(counts(2, 8), ["0 of 1", "0 / 0 / 0", "0 / 0 / 0"]); // dearer and better: either could be preferred
});

Deno.test("competitorsTable compares at the competitor's dearest, and says so; without DPBERT's curve not at all", () => {
  const subset = run("static-subset", { targetRate: 0.6 }, 4, 16);
  const rowOf = (...ours: MadeUpRun[]) =>
    competitorsTable(exampleStudy([...ours, subset])).rows.find(([task]) => task === "SST-2")!;
  const standing = run("dpbert", { targetRate: 0.45 }, 5, 20);
  const [, , , layers, ...cells] = rowOf(standing, run("dpbert", { targetRate: 0.3 }, 3, 10));
  assert.deepEqual([layers, cells[0], cells[1]], ["4.0", "≈ 75.0", "80.0"]);
  assert.match(cells[2], /^tie: −5\.0 \(.*\) at 4\.0 layers$/);
  assert.equal(cells[3], "1.50×");
  assert.match(cells[4], /\) at 1\.50×$/);
  assert.deepEqual(rowOf(standing).slice(2), [
    ...["–", "–", "–", "–", "no common cost: 5.0 against 4.0 layers"],
    ...["–", "no common cost: 1.20× against 1.50×"],
  ]);
});

Deno.test("without a run of DPBERT the tables are empty and name the command", () => {
  const nothing = exampleStudy([run("bert", {}, 6, 20)]);
  for (const table of [competitorsTable(nothing), winsTable(nothing)]) {
    assert(table.rows.every(([task]) => task === "–"));
    assert.match(
      table.caption,
      /No run of DPBERT yet: `deno task reproduce --profile micro --full --methods dpbert`/,
    );
  }
});

Deno.test("competitorsTable shows competitors without a run, and one command below that makes all of them", () => {
  const { rows, caption } = competitorsTable(study);
  const cellOf = (name: string) => rows.find(([, competitor]) => competitor === name)![6];
  assert.deepEqual(["Static subset", "LeeBERT"].map(cellOf), ["no run yet", "not built yet"]);
  assert.match(
    caption,
    /Missing runs: `deno task reproduce --profile micro --full --methods bert-first-k,dpbert-soft,static-subset`/,
  );
});

Deno.test("competitorsTable tells a task that a competitor lacks from one that it cannot do", () => {
  const { rows } = competitorsTable(exampleStudy([
    run("dpbert", { targetRate: 0.45 }, 3, 20),
    ...["cola", "sts-b"].map((task) => ({ ...run("dpbert", { targetRate: 0.45 }, 3, 20), task })),
    run("deebert", { threshold: 0.1 }, 3, 20),
  ]));
  const cells = rows.filter(([task, competitor]) => task !== "–" && competitor === "DeeBERT")
    .map((cells) => [cells[0], cells[6]]);
  assert.deepEqual(cells, [
    ["CoLA", "no run yet"],
    ["SST-2", "tie: 0.0 (0.0 to 0.0)"],
    ["STS-B", "not for a regression"],
  ]);
});
