import assert from "node:assert/strict";
import { type Grid, runsOf } from "./grid.ts";
import { generatesRows, gridOf } from "./profiles.ts";
import { recipeFor } from "../recipe.ts";
import { settingSlug } from "../records/store.ts";

const settingsOf = ({ methods }: Grid) =>
  methods.map(({ method, settings }) => `${method} ${settingSlug(settings ?? {})}`.trim()).join(", ");

Deno.test("gridOf fills in what the configuration leaves open", () => {
  const glue = gridOf({ profile: "glue", tasks: null, seeds: null });
  assert.deepEqual(glue.tasks, ["cola", "sst-2", "mrpc", "sts-b", "rte"]);
  assert.deepEqual(glue.seeds, [0, 1, 2]);
  assert.deepEqual(gridOf({ profile: "glue", tasks: ["mrpc"], seeds: [4] }).tasks, ["mrpc"]);
});

Deno.test("gridOf runs bert first and DPBERT at a target rate that names its records", () => {
  const { methods } = gridOf({ profile: "smoke", tasks: null, seeds: null });
  assert.deepEqual(methods, [{ method: "bert" }, { method: "dpbert", settings: { targetRate: 0.6 } }]);
});

Deno.test("gridOf: micro is three tasks and one seed, in full the eight tasks of the paper and three seeds", () => {
  const open = { profile: "micro", tasks: null, seeds: null } as const;
  const small = gridOf(open), full = gridOf(open, { full: true });
  assert.deepEqual([small.tasks, small.seeds], [["sst-2", "mrpc", "rte"], [0]]);
  assert.deepEqual([full.tasks.length, full.seeds], [8, [0, 1, 2]]);
  assert.equal(
    settingsOf(small),
    "bert, bert-first-k k4, bert-first-k k6, bert-first-k k9, dpbert t0.45, dpbert t0.3, dpbert-soft t0.45, " +
      "deebert t0.45, pabee t0.45, static-subset t0.5",
  );
  assert.ok(settingsOf(full).startsWith(settingsOf(small)));
  const names = settingsOf(full).split(", ");
  const count = (start: RegExp) => names.filter((name) => start.test(name)).length;
  assert.deepEqual([/^bert-first-k/, /^dpbert t[0-9.]+$/, /^deebert/, /^pabee/].map(count), [10, 5, 5, 20]);
  assert.deepEqual(names.filter((name) => name.startsWith("static-subset")), [
    "static-subset t0.5", // six layers, as many as DPBERT executes at t = 0.45
    "static-subset subset=commonest-t0.45", // of that DPBERT's planner
    "static-subset subset=random-t0.5",
    "static-subset t0.3", // four
  ]);
  assert.equal(new Set(names).size, names.length);
  // A sweep's training stands at the recipe's own rate, which is asked for by no other name.
  for (const method of ["deebert", "pabee"]) {
    const { stage3: { targetRate } } = recipeFor("micro", "rte", method, {});
    assert.deepEqual([names.includes(method), names.includes(`${method} t${targetRate}`)], [true, false]);
  }
  assert.deepEqual(
    gridOf({ ...open, profile: "glue" }, { full: true }),
    gridOf({ ...open, profile: "glue" }),
  );
});

Deno.test("gridOf: in full, DPBERT-soft is read under every kind of gates at each of its target rates", () => {
  const { methods } = gridOf({ profile: "micro", tasks: null, seeds: null }, { full: true });
  const soft = methods.filter(({ method }) => method === "dpbert-soft").map(({ settings }) => settings!);
  const ratesUnder = (gates: string | undefined) =>
    soft.filter((settings) => settings.gates === gates).map(({ targetRate }) => targetRate).toSorted();
  assert.deepEqual([undefined, "soft", "sampled"].map(ratesUnder), Array(3).fill([0.3, 0.45, 0.6]));
});

Deno.test("generatesRows: nothing is fetched for smoke and micro", () => {
  assert.deepEqual(["smoke", "micro", "glue", "paper"].map(generatesRows), [true, true, false, false]);
});

Deno.test("gridOf: the ablations are run on the tasks of their table, and nowhere else", () => {
  const runs = runsOf(gridOf({ profile: "micro", tasks: ["cola", "rte"], seeds: [0] }, { full: true }));
  const changed = runs.filter(({ settings }) => settings.lambda2 === 100);
  assert.deepEqual(changed.map(({ task }) => task), ["cola"]);
});
