import assert from "node:assert/strict";
import { inputTokens, microSplits, microTasks } from "../micro/mod.ts";
import { recipeFor, settingKeys, type Settings, settingsAt } from "./recipe.ts";

const refused = (settings: Settings, message: RegExp) =>
  assert.throws(() => recipeFor("glue", "mrpc", null, settings), { name: "InputError", message });

/** A value for every key, each different from the default. */
const values: Record<string, Record<string, string | number | boolean>> = {
  stage1: {
    epochs: 7,
    batchSize: 3,
    learningRate: 0.5,
    warmup: 0.5,
    weightDecay: 0.5,
    clipNorm: 9,
    trainEmbeddings: true,
    evaluations: 9,
  },
  stage2: { steps: 7, batchSize: 3, learningRate: 0.5, clipNorm: 9 },
  stage3: {
    steps: 7,
    batchSize: 3,
    learningRate: 0.5,
    plannerLearningRate: 0.5,
    plannerFinal: 0.5,
    warmup: 0.5,
    weightDecay: 0.5,
    clipNorm: 9,
    trainEmbeddings: true,
    evaluations: 9,
    targetRate: 0.25,
    lambda1: 0.5,
    lambda2: 0.5,
    beta: 35,
    muPer: "example",
    plannerInput: "attached",
    rewardBaseline: "batch",
  },
};

Deno.test("recipeFor sets every key of every stage, given as text or as a value, and nothing beside it", () => {
  const base = recipeFor("glue", "mrpc", null, {});
  const stages = ["stage1", "stage2", "stage3"] as const;
  for (const stage of stages) {
    assert.deepEqual(Object.keys(values[stage]).sort(), Object.keys(base[stage]).sort());
    for (const [name, value] of Object.entries(values[stage])) {
      const unique = stages.filter((other) => name in values[other]).length === 1;
      for (const given of [value, String(value)]) {
        const recipe = recipeFor("glue", "mrpc", null, { [unique ? name : `${stage}.${name}`]: given });
        assert.deepEqual(recipe, { ...base, [stage]: { ...base[stage], [name]: value } });
        assert.notDeepEqual(recipe, base);
      }
    }
  }
  for (const [key, value] of Object.entries({ maxLength: 64, firstLayers: 3, extraSteps: "stage3" })) {
    assert.deepEqual(recipeFor("glue", "mrpc", null, { [key]: String(value) }), { ...base, [key]: value });
  }
});

Deno.test("recipeFor knows a key by its bare name where only one stage has it, and by no other", () => {
  refused({ "stage3.targetRate": 0.4 }, /--set stage3\.targetRate: there is no such setting/);
  const recipe = recipeFor("glue", "mrpc", null, { targetRate: "0.4", epochs: 1, muPer: "example" });
  assert.deepEqual([recipe.stage3.targetRate, recipe.stage1.epochs, recipe.stage3.muPer], [
    0.4,
    1,
    "example",
  ]);
  refused({ learningRate: 1e-4 }, /--set learningRate: there is no such setting.*stage1\.learningRate/);
  refused({ steps: 3 }, /no such setting/);
});

Deno.test("recipeFor refuses unknown keys", () => {
  for (const key of ["targetrate", "stage1", "stage4.steps", "stage1.targetRate", "", "__proto__.x"]) {
    refused({ [key]: 1 }, /there is no such setting; expected one of maxLength, /);
  }
});

Deno.test("recipeFor refuses values out of range, naming the option as it was given", () => {
  refused({ beta: 5, targetRate: 1.5 }, /^--set targetRate=1\.5: Too big: expected number to be <=1\.$/);
  refused({ targetRate: "-0.1" }, /--set targetRate=-0\.1: Too small/);
  refused({ "stage1.learningRate": 0 }, /--set stage1\.learningRate=0: /);
  refused({ "stage1.learningRate": "fast" }, /--set stage1\.learningRate=fast: .*expected number/);
  refused({ "stage2.steps": 1.5 }, /--set stage2\.steps=1\.5: /);
  refused({ "stage2.steps": -1 }, /--set stage2\.steps=-1: /);
  refused({ "stage3.steps": 0 }, /--set stage3\.steps=0: /);
  refused({ muPer: "row" }, /--set muPer=row: .*"batch"\|"example"/);
  refused({ "stage1.trainEmbeddings": "yes" }, /--set stage1\.trainEmbeddings=yes: /);
  refused({ maxLength: 513 }, /--set maxLength=513: /);
  refused({ extraSteps: "stage2" }, /--set extraSteps=stage2: expected a whole number from 0, or stage3\.$/);
  refused({ extraSteps: -1 }, /--set extraSteps=-1: /);
  refused({ beta: "" }, /--set beta=: /);
  refused({ beta: "NaN" }, /--set beta=NaN: /);
});

Deno.test("recipeFor gives every profile and task a recipe of its own, and leaves the defaults alone", () => {
  assert.equal(recipeFor("glue", "mrpc", null, {}).stage1.trainEmbeddings, false);
  assert.equal(recipeFor("smoke", "mrpc", null, {}).stage1.trainEmbeddings, true);
  assert.equal(recipeFor("glue", "cola", null, {}).stage3.plannerLearningRate, 2e-3);
  assert.equal(recipeFor("micro", "cola", null, {}).stage1.epochs, 10);
  assert.deepEqual(recipeFor("micro", "cola", null, {}).stage3, recipeFor("micro", "rte", null, {}).stage3);
  const before = recipeFor("glue", "mrpc", null, {});
  recipeFor("glue", "mrpc", null, { targetRate: 0.1 }).stage3.beta = 999;
  assert.deepEqual(recipeFor("glue", "mrpc", null, {}), before);
});

Deno.test("recipeFor gives a method what it has of its own on a task, and settings come after it", () => {
  const batchSize = (method: string | null, settings = {}) =>
    recipeFor("micro", "cola", method, settings).stage1.batchSize;
  assert.deepEqual([batchSize(null), batchSize("bert"), batchSize("bert-first-k")], [16, 16, 32]);
  assert.equal(batchSize("bert-first-k", { "stage1.batchSize": 8 }), 8);
  assert.equal(recipeFor("micro", "rte", "bert-first-k", {}).stage1.epochs, 11.5);
});

Deno.test("recipeFor cuts no row of micro-GLUE", () => {
  for (const task of microTasks) {
    const { maxLength } = recipeFor("micro", task, null, {});
    const rows = Object.values(microSplits(task, { seed: 0, rows: { train: 1000 } })).flat();
    assert.ok(Math.max(...rows.map(inputTokens)) <= maxLength, task);
  }
});

Deno.test("recipeFor with the settings of a method refuses the others, naming its own", () => {
  const uses = { maxLength: true, stage1: ["epochs"] } as const;
  assert.equal(recipeFor("glue", "mrpc", null, { epochs: 7 }, uses).stage1.epochs, 7);
  assert.throws(() => recipeFor("glue", "mrpc", null, { beta: 7 }, uses), {
    name: "InputError",
    message: "--set beta: there is no such setting; expected one of maxLength, epochs.",
  });
});

Deno.test("settingsAt the places of whole sections and named settings holds them and nothing else", () => {
  const recipe = recipeFor("glue", "mrpc", null, {}), { stage1, stage3 } = recipe;
  const keys = settingKeys({ stage1: true, stage3: ["beta"], extraSteps: true });
  assert.deepEqual(settingsAt(recipe, keys.values()), {
    extraSteps: 0,
    stage1,
    stage3: { beta: stage3.beta },
  });
});
