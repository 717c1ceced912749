import assert from "node:assert/strict";
import { exampleRecord } from "../runs/records/example_records.ts";
import { keyOf, type RunRequest } from "../runs/grid/grid.ts";
import { possibleRuns, recordedRecipe } from "../runs/methods/mod.ts";
import { gridOf } from "../runs/grid/profiles.ts";
import { recipeProblems } from "./recipe_problems.ts";

/** The record that a run leaves today; `changes` go into sections of its recipe. */
function recordOf(request: RunRequest, changes: Record<string, Record<string, unknown>> = {}) {
  const recipe = structuredClone(recordedRecipe(request)) as Record<string, Record<string, unknown>>;
  for (const [section, values] of Object.entries(changes)) Object.assign(recipe[section], values);
  return exampleRecord({ ...keyOf(request), recipe: JSON.parse(JSON.stringify(recipe)) });
}

const request = { profile: "micro", task: "mrpc", method: "dpbert", settings: { targetRate: 0.45 }, seed: 1 };
const command = "deno task train --profile micro --task mrpc --method dpbert --seed 1 --set targetRate=0.45";

Deno.test("recipeProblems finds nothing in a record of any run that a profile wants", () => {
  for (const profile of ["smoke", "micro", "glue"] as const) {
    const runs = possibleRuns(gridOf({ profile, tasks: null, seeds: [0] }, { full: true }));
    assert.deepEqual(runs.flatMap((run) => recipeProblems(recordOf(run))), []);
  }
});

Deno.test("recipeProblems names a setting of an older recipe, both values and what to do", () => {
  const { epochs } = recordedRecipe(request).stage1!, older = recordOf(request, { stage1: { epochs: 0.5 } });
  assert.deepEqual(recipeProblems(older), [
    `recipe.stage1.epochs is 0.5, today's recipe has ${epochs}; train it again (${command}) or set lib/runs/recipe.ts back.`,
  ]);
});

Deno.test("recipeProblems names a setting that there was none of, and one that there is none of any more", () => {
  const problems = recipeProblems(recordOf(request, { stage3: { beta: undefined, gamma: 1 } }));
  assert.equal(problems.length, 2);
  assert.match(problems[0], /^recipe\.stage3\.beta is nothing, today's recipe has \d+; /);
  assert.match(problems[1], /^recipe\.stage3\.gamma is 1, today's recipe has nothing; /);
});

Deno.test("recipeProblems names a recipe that is not what the run's name says", () => {
  assert.deepEqual(recipeProblems(recordOf(request, { stage3: { targetRate: 0.5 } })), [
    'setting is "t0.45", its recipe spells ""; restore it from git.',
  ]);
});

Deno.test("recipeProblems refuses a method that there is none of", () => {
  const record = { ...recordOf(request), method: "leebert" };
  assert.throws(() => recipeProblems(record), /Unknown method "leebert"/);
});
