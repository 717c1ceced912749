import assert from "node:assert/strict";
import type { SearchSpace } from "../methods/search.ts";
import { recipeFor } from "../recipe.ts";
import { trialSettings } from "./trial_settings.ts";

// The smoke recipe: beta 5, plannerLearningRate 0.02.
const recipe = recipeFor("smoke", "sst-2", null, {});
const space: SearchSpace = { beta: { of: [5, 20] }, plannerLearningRate: { times: [0.5, 2] } };

Deno.test("trialSettings begins with the recipe as it stands, and names only what differs from it", () => {
  const all = trialSettings(space, recipe, 6);
  assert.deepEqual(all[0], {});
  const sorted = all.map((settings) => JSON.stringify(settings)).sort();
  assert.deepEqual(sorted, [
    '{"beta":20,"plannerLearningRate":0.01}',
    '{"beta":20,"plannerLearningRate":0.04}',
    '{"beta":20}',
    '{"plannerLearningRate":0.01}',
    '{"plannerLearningRate":0.04}',
    "{}",
  ]);
});

Deno.test("trialSettings with more trials are the same ones and some more", () => {
  assert.deepEqual(trialSettings(space, recipe, 4), trialSettings(space, recipe, 6).slice(0, 4));
});

Deno.test("trialSettings tries every value of a setting: of four among six trials none is left out", () => {
  const wide: SearchSpace = { ...space, lambda1: { of: [0.1, 0.5, 1, 1.5] } };
  const tried = trialSettings(wide, recipe, 6).slice(1).map(({ lambda1 = 1 }) => lambda1);
  assert.deepEqual(new Set(tried), new Set([0.1, 0.5, 1, 1.5]));
});

Deno.test("trialSettings keeps two digits of a multiple", () => {
  const third: SearchSpace = { "stage3.learningRate": { times: [1 / 3] } }; // of 1e-3
  assert.deepEqual(trialSettings(third, recipe, 2)[1], { "stage3.learningRate": 0.00033 });
});

Deno.test("trialSettings refuses more trials than there are, and a setting that is no number", () => {
  const isInputError = (message: RegExp) => ({ name: "InputError", message });
  assert.throws(() => trialSettings(space, recipe, 7), isInputError(/7 trials are more than the 6/));
  const words: SearchSpace = { muPer: { times: [2] } };
  assert.throws(() => trialSettings(words, recipe, 1), isInputError(/names "muPer"; expected .* a number/));
  assert.throws(() => trialSettings({ nothing: { of: [1] } }, recipe, 1), isInputError(/names "nothing"/));
});
