import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Settings } from "../recipe.ts";
import { recipeHash } from "../records/record.ts";
import { shortRun } from "../short_runs.ts";
import { trialSettings } from "../tuning/trial_settings.ts";
import { overridesOf } from "../records/overrides.ts";
import { readRecords } from "../records/store.ts";
import { methodEntries, parentOf, possibleRuns, recipeOf, recordedRecipe } from "./mod.ts";

Deno.test("the committed records are today's recipes, so that reproduce finds them finished", async () => {
  const records = await readRecords(fileURLToPath(new URL("../../../results", import.meta.url)), "glue");
  assert.ok(records.length >= 12);
  for (const record of records) {
    const { data, weights, recipeHash: hash } = record;
    const recipe = recordedRecipe({ ...record, settings: overridesOf(record) });
    assert.equal(recipeHash(recipe, data.sha256, weights.sha256), hash);
  }
});

Deno.test("a method's record keeps the settings that it uses, under keys that --set takes", () => {
  const sections = (method: string, settings: Settings = {}) =>
    Object.keys(recordedRecipe(shortRun(method, settings)));
  assert.deepEqual(sections("bert"), ["maxLength", "stage1"]);
  assert.deepEqual(sections("dpbert"), ["maxLength", "stage1", "stage2", "stage3"]);
  assert.deepEqual(sections("bert-first-k"), ["maxLength", "firstLayers", "stage1"]);
  // What was given is part of the name, so it must be found again (`overridesOf`).
  assert.deepEqual(sections("bert", { extraSteps: 0 }), ["maxLength", "extraSteps", "stage1"]);
  const further = recordedRecipe(shortRun("bert", { extraSteps: "stage3" }));
  assert.equal(further.extraSteps, "stage3");
  assert.ok(further.stage3!.steps > 0 && !("plannerLearningRate" in further.stage3!));
  assert.throws(() => recipeOf(shortRun("bert", { beta: 5 })), /--set beta: there is no such setting/);
});

Deno.test("parentOf leads to the stage 1 that a run shares with others, and from there to nothing", () => {
  const settings = { epochs: 3, maxLength: 30 };
  assert.deepEqual(
    parentOf(shortRun("dpbert", { ...settings, targetRate: 0.5 })),
    shortRun("bert", settings),
  );
  assert.deepEqual(parentOf(shortRun("bert", { ...settings, extraSteps: "3" })), shortRun("bert", settings));
  for (const method of ["bert", "bert-first-k"]) {
    assert.equal(parentOf(shortRun(method, { epochs: 3 })), null);
  }
  assert.equal(parentOf(shortRun("bert", { extraSteps: "0" })), null);
});

Deno.test("possibleRuns leaves out what a method cannot do, and nothing else", () => {
  const methods = [
    { method: "deebert" },
    { method: "pabee" },
    { method: "pabee", settings: { exitBy: "entropy" } },
  ];
  const runs = possibleRuns({ profile: "smoke", tasks: ["sts-b", "rte"], methods, seeds: [0] });
  assert.deepEqual(runs.map(({ task, method, settings }) => [task, method, settings.exitBy]), [
    ["sts-b", "pabee", undefined],
    ["rte", "deebert", undefined],
    ["rte", "pabee", undefined],
    ["rte", "pabee", "entropy"],
  ]);
});

Deno.test("every method has a name of its own", () => {
  assert.equal(new Set(methodEntries.map(({ name }) => name)).size, methodEntries.length);
});

Deno.test("every method has twenty trials in its search space, of settings that its training follows on every profile", () => {
  for (const { name, search, afterTraining = [] } of methodEntries) {
    assert.ok(
      Object.keys(search).every((key) => !afterTraining.includes(key) && !/steps|epochs/i.test(key)),
      name,
    );
    for (const profile of ["smoke", "micro", "glue"]) {
      const request = { ...shortRun(name), profile };
      for (const settings of trialSettings(search, recipeOf(request), 20)) {
        recipeOf({ ...request, settings }); // throws for a key or a value that is none
      }
    }
  }
});
