import assert from "node:assert/strict";
import { exampleStudy, firstOf6 } from "./example_study.ts";
import { lineageOf, stepsFromPretrained } from "./steps.ts";
import { recordsOf } from "./study.ts";

const run = { right: 20, path: firstOf6(6) };
const study = exampleStudy([
  { ...run, method: "bert", steps: 3660, parent: null },
  { ...run, method: "bert", task: "rte", steps: 817, parent: null },
  { ...run, method: "dpbert-soft", settings: { targetRate: 0.3 }, steps: 2120, parent: "bert-s0" },
  {
    ...run,
    method: "dpbert-soft",
    settings: { targetRate: 0.3, gates: "soft" },
    parent: "dpbert-soft-t0.3-s0",
  },
  { ...run, method: "deebert", task: "rte", steps: 1000, parent: "bert-s1" },
  { ...run, method: "pabee", parent: "pabee-s0" },
]);
const find = (method: string, setting: string) =>
  recordsOf(study).find((record) => record.method === method && record.setting === setting)!;
const soft = find("dpbert-soft", "gates=soft-t0.3");

Deno.test("lineageOf goes from a run to the one on the pre-trained weights, on its own task", () => {
  assert.deepEqual(
    lineageOf(study.groups, soft)!.map(({ method, setting, task }) => [method, setting, task]),
    [
      ["dpbert-soft", "gates=soft-t0.3", "sst-2"],
      ["dpbert-soft", "t0.3", "sst-2"],
      ["bert", "", "sst-2"],
    ],
  );
});

Deno.test("stepsFromPretrained adds them up: 3,660 + 2,120, and none for a reading of the same weights", () => {
  assert.equal(stepsFromPretrained(study, soft), 5780);
});

Deno.test("stepsFromPretrained knows nothing where a run on the way has no record, or starts from itself", () => {
  for (const method of ["deebert", "pabee"]) {
    assert.equal(lineageOf(study.groups, find(method, "")), null);
    assert.ok(Number.isNaN(stepsFromPretrained(study, find(method, ""))));
  }
});
