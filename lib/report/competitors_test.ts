import assert from "node:assert/strict";
import { competitorsTable, winsTable } from "./competitors.ts";
import { exampleStudy, firstOf6, type MadeUpRun } from "./example_study.ts";

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
  const [, , layers, ours, theirs, verdict, speedup, timed] = rows[1];
  assert.deepEqual([layers, ours, theirs, speedup], ["3.0", "100.0", "50.0", "2.00×"]);
  assert.match(verdict, /^win: \+50\.0 \(/);
  assert.equal(timed, verdict); // a layer costs a sixth of the time here
});

Deno.test("competitorsTable shows a dash where a competitor was not timed", () => {
  const [deebert] = competitorsTable(study).rows;
  assert.deepEqual([deebert[5], deebert[6], deebert[7]], ["tie: 0.0 (0.0 to 0.0)", "–", "–"]);
});

Deno.test("winsTable counts verdicts: one task, and two settings of DPBERT", () => {
  assert.deepEqual(winsTable(study).rows, [
    ["DeeBERT", "0", "1", "0", "0", "0", "0", "0", "1", "0"], // both settings at its three layers
    ["PABEE", "1", "0", "0", "1", "0", "0", "2", "0", "0"],
  ]);
});

Deno.test("winsTable counts once what two settings beyond an end of the competitor's curve come to", () => {
  const ours = [2, 3, 5, 6].map((layers) => run("dpbert", { targetRate: layers / 10 }, layers, 20));
  const counts = (...layers: number[]) =>
    winsTable(exampleStudy([...ours, ...layers.map((one) => run("pabee", { patience: one }, one, 8))]))
      .rows[0]
      .slice(-3);
  assert.deepEqual(counts(4, 6), ["3", "0", "0"]); // at four layers, five and six
  assert.deepEqual(counts(1, 4), ["3", "0", "0"]); // at two, three and four
});

Deno.test("competitorsTable compares at the competitor's dearest, and says so; without DPBERT's curve not at all", () => {
  const subset = run("static-subset", { targetRate: 0.6 }, 4, 16);
  const rowOf = (...ours: MadeUpRun[]) =>
    competitorsTable(exampleStudy([...ours, subset])).rows.find(([task]) => task === "SST-2")!;
  const standing = run("dpbert", { targetRate: 0.45 }, 5, 20);
  const [, , layers, ...cells] = rowOf(standing, run("dpbert", { targetRate: 0.3 }, 3, 10));
  assert.deepEqual([layers, cells[0], cells[1]], ["4.0", "75.0", "80.0"]);
  assert.match(cells[2], /^tie: −5\.0 \(.*\) at 4\.0 layers$/);
  assert.equal(cells[3], "1.50×");
  assert.match(cells[4], /\) at 1\.50×$/);
  assert.deepEqual(rowOf(standing).slice(2), ["–", "–", "–", "–", "–", "–"]);
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

Deno.test("competitorsTable shows competitors without a run as missing, with a command", () => {
  const missing = competitorsTable(study).rows.find(([, competitor]) => competitor === "Static subset")!;
  assert.equal(
    missing[5],
    "missing: `deno task reproduce --profile micro --full --methods static-subset`",
  );
});

Deno.test("competitorsTable names the command on a task that a competitor lacks, and a dash on one it cannot do", () => {
  const { rows } = competitorsTable(exampleStudy([
    run("dpbert", { targetRate: 0.45 }, 3, 20),
    ...["cola", "sts-b"].map((task) => ({ ...run("dpbert", { targetRate: 0.45 }, 3, 20), task })),
    run("deebert", { threshold: 0.1 }, 3, 20),
  ]));
  const cells = rows.filter(([task, competitor]) => task !== "–" && competitor === "DeeBERT")
    .map((cells) => [cells[0], cells[5]]);
  assert.deepEqual(cells, [
    ["CoLA", "missing: `deno task reproduce --profile micro --full --methods deebert`"],
    ["SST-2", "tie: 0.0 (0.0 to 0.0)"],
    ["STS-B", "–"],
  ]);
});
