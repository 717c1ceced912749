import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { kindOf } from "../runs/schedule/estimate.ts";
import { shortRun } from "../runs/short_runs.ts";
import { estimateLine, measuredFrom, measureFirstSteps, sayHowLong } from "./estimate.ts";

const size = { train: 64, heldOut: 0, dev: 0, tokens: 20, startSeconds: 1 };
const runs = [shortRun("bert"), shortRun("dpbert")];
const place = { config: readConfig({ DPB_BLAS: "off" }), backend: { name: "wasm" as const, blas: null } };
const stop = new AbortController().signal;

Deno.test("measuredFrom reads whole lines, the first task's length as the one measured on", () => {
  const lines = [{ task: "sst-2", size }, { kind: "a", seconds: { stage2: 0, main: 1 } }].map((line) =>
    JSON.stringify(line)
  );
  const { sizes, seconds, tokens } = measuredFrom(
    `a driver's greeting\n${lines.join("\n")}\n{"task":"rte","si`,
  );
  assert.deepEqual([Object.keys(sizes), seconds, tokens], [["sst-2"], { a: { stage2: 0, main: 1 } }, 20]);
  assert.deepEqual(measuredFrom("").sizes, {});
});

Deno.test("estimateLine says how long, how many and how many at once: 96 steps of 1 s, and 24 of dpbert", () => {
  const perRow = { stage2: 0, main: 1 / 8 }, // in steps of 8 rows
    seconds = { [kindOf(runs[0])]: perRow, [kindOf(runs[1])]: perRow };
  const measured = { sizes: { "sst-2": size }, seconds, tokens: 20 };
  assert.equal(
    estimateLine([runs[0]], 2, measured),
    "training takes about 2 minutes: 1 run (from a few steps of each kind, made here)", // 97 s
  );
  assert.match(estimateLine(runs, 4, measured), /^training takes about 2 minutes: 2 runs, 2 at a time \(/); // 97 + 25 s
  assert.match(estimateLine(runs, 1, measured, 1), /: 1 run and 1 that they start from, 1 at a time \(/);
  assert.match(
    estimateLine(runs, 1, { ...measured, seconds: {} }),
    /^to train: 2 runs, 1 at a time; how long that takes/,
  );
});

Deno.test("measureFirstSteps finds every task and kind of smoke runs in a process of its own", async () => {
  const both = [...runs, shortRun("bert", {}, "sts-b"), shortRun("deebert", {}, "sts-b")];
  const { sizes, seconds } = await measureFirstSteps(both, place, { stop, patience: 60_000 });
  assert.deepEqual(Object.keys(sizes).sort(), ["sst-2", "sts-b"]);
  assert.deepEqual(
    Object.keys(seconds).sort(),
    both.map(kindOf).filter((kind, at, all) => all.indexOf(kind) === at).sort(),
  );
  assert.ok(Object.values(seconds).every(({ main }) => main > 0) && seconds[kindOf(runs[1])].stage2 > 0);
  assert.equal(sizes["sst-2"].train + sizes["sst-2"].heldOut, 64);
});

Deno.test("whoever has no time, or is stopped, is told nothing and left nothing", async () => {
  const { sizes, seconds } = await measureFirstSteps(runs, place, { stop, patience: 1 });
  assert.deepEqual([sizes, seconds], [{}, {}]);
  const said: string[] = [];
  await sayHowLong(runs, { ...place, jobs: 1, stop: AbortSignal.abort(), say: (line) => said.push(line) });
  assert.deepEqual(said, []);
});
