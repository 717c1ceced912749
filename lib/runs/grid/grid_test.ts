import assert from "node:assert/strict";
import { InputError } from "../../errors.ts";
import { exampleRecord } from "../records/example_records.ts";
import { keyOf, missingRuns, runsOf } from "./grid.ts";

const grid = {
  profile: "glue",
  tasks: ["mrpc", "sts-b"],
  methods: [{ method: "bert" }, { method: "dpbert", settings: { targetRate: 0.6 } }],
  seeds: [0, 1],
};

Deno.test("runsOf goes seed by seed, task by task, method by method", () => {
  const order = runsOf(grid).map((run) => `${run.seed} ${run.task} ${run.method}`);
  assert.equal(order.length, 8);
  assert.deepEqual(order.slice(0, 5), [
    "0 mrpc bert",
    "0 mrpc dpbert",
    "0 sts-b bert",
    "0 sts-b dpbert",
    "1 mrpc bert",
  ]);
});

Deno.test("keyOf turns overrides into the setting", () => {
  assert.deepEqual(keyOf(runsOf(grid)[1]), {
    profile: "glue",
    task: "mrpc",
    method: "dpbert",
    setting: "t0.6",
    seed: 0,
  });
  assert.throws(() => keyOf({ ...runsOf(grid)[0], settings: { beta: "a/b" } }), InputError);
});

Deno.test("missingRuns leaves out what has a record of the same profile, setting and seed", () => {
  const records = [exampleRecord({ setting: "t0.6" }), exampleRecord({ method: "bert", profile: "smoke" })];
  const missing = missingRuns(runsOf(grid), records);
  assert.equal(missing.length, 7);
  assert.equal(missing[0].method, "bert");
});
