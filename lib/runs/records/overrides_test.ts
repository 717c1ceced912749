import assert from "node:assert/strict";
import { overridesOf } from "./overrides.ts";
import { recipeFor, type Settings } from "../recipe.ts";
import { settingSlug } from "./store.ts";

Deno.test("overridesOf reads a run's overrides back from its name and recipe", () => {
  const settings: Settings[] = [
    {},
    { targetRate: 0.6 },
    { beta: 20, targetRate: 0.05 },
    { maxLength: 64, "stage1.learningRate": 1e-5, "stage3.learningRate": 1e-5, muPer: "example" },
    { "stage1.trainEmbeddings": false, plannerInput: "attached", "stage2.steps": 5 },
  ];
  for (const overrides of settings) {
    const setting = settingSlug(overrides), recipe = recipeFor("smoke", "sst-2", null, overrides);
    assert.deepEqual(overridesOf({ setting, recipe }), overrides);
  }
});

Deno.test("overridesOf reads values with a dash, and settings without a section", () => {
  const recipe = {
    exitBy: "entropy",
    threshold: 0.2,
    firstLayers: 4,
    stage3: { rewardBaseline: "self-critical" },
  };
  const found = (setting: string) => overridesOf({ setting, recipe });
  assert.deepEqual(found("exitBy=entropy-th0.2"), { exitBy: "entropy", threshold: 0.2 });
  assert.deepEqual(found("rewardBaseline=self-critical"), { rewardBaseline: "self-critical" });
  assert.deepEqual(found("k4"), { firstLayers: 4 });
  assert.deepEqual(found(""), {});
});
