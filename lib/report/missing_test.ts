import assert from "node:assert/strict";
import { exampleStudy, firstOf6 } from "./example_study.ts";
import { isComplete } from "./missing.ts";

const run = { method: "deebert", settings: { targetRate: 0.45 }, right: 20, path: firstOf6(3), speedup: 2 };
const wanted = [{ method: run.method, settings: run.settings }];

Deno.test("isComplete asks for every task and seed, timed, and for nothing that cannot be done", () => {
  const complete = (made: Parameters<typeof exampleStudy>[0]) =>
    isComplete({ ...exampleStudy(made), tasks: ["sst-2", "sts-b"], wanted, seeds: [0, 1] });
  assert.ok(complete([run, { ...run, seed: 1 }])); // a regression has no entropy to leave by
  assert.ok(!complete([run]));
  assert.ok(!complete([run, { ...run, seed: 1, speedup: undefined }]));
  assert.ok(!complete([run, { ...run, seed: 1, settings: { targetRate: 0.3 } }]));
});
