import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../config.ts";
import { leaves, liveTensors, readValues, startBackend } from "../../tensor/mod.ts";
import { predictAll } from "../../methods/mod.ts";
import { keyOf, type RunRequest } from "../grid.ts";
import { disposeModel } from "../models.ts";
import { predictionRows } from "../outcome.ts";
import type { Recipe, Settings } from "../recipe.ts";
import { recipeHash, type RunRecord } from "../record.ts";
import { overridesOf } from "../saved.ts";
import { openPredictor } from "../predictor.ts";
import { readPredictions, readRecords, runPaths } from "../store.ts";
import { readTaskData } from "../task_data.ts";
import { openModel } from "../trained_model.ts";
import { trainRun } from "../unit.ts";
import { methodEntries, parentOf, recipeOf, recordedRecipe } from "./mod.ts";

const backend = await startBackend("wasm", { blas: Deno.env.get("DPB_BLAS") ?? "auto" });

const request = (method: string, settings: Settings = {}, task = "sst-2"): RunRequest => ({
  profile: "smoke",
  task,
  method,
  settings,
  seed: 0,
});

Deno.test("the committed records are today's recipes, so that reproduce finds them finished", async () => {
  const records = await readRecords(fileURLToPath(new URL("../../../results", import.meta.url)), "glue");
  assert.ok(records.length >= 12);
  for (const record of records) {
    const { method, data, weights, recipeHash: hash } = record;
    const recipe = recipeOf({ ...record, settings: overridesOf(record) });
    assert.equal(recipeHash(recordedRecipe(method, recipe), data.sha256, weights.sha256), hash);
  }
});

Deno.test("a method's record keeps the settings that it uses, under keys that --set takes", () => {
  const sections = (method: string, settings: Settings = {}) =>
    Object.keys(recordedRecipe(method, recipeOf(request(method, settings))));
  assert.deepEqual(sections("bert"), ["maxLength", "stage1"]);
  assert.deepEqual(sections("dpbert"), ["maxLength", "stage1", "stage2", "stage3"]);
  assert.deepEqual(sections("bert-first-k"), ["maxLength", "firstLayers", "stage1"]);
  assert.deepEqual(sections("bert", { extraSteps: 0 }), ["maxLength", "stage1"]);
  const further = recordedRecipe("bert", recipeOf(request("bert", { extraSteps: "stage3" })));
  assert.equal(further.extraSteps, "stage3");
  assert.ok(further.stage3!.steps > 0 && !("plannerLearningRate" in further.stage3!));
  assert.throws(() => recipeOf(request("bert", { beta: 5 })), /--set beta: there is no such setting/);
});

Deno.test("parentOf leads to the stage 1 that a run shares with others, and from there to nothing", () => {
  const settings = { epochs: 3, maxLength: 30 };
  assert.deepEqual(parentOf(request("dpbert", { ...settings, targetRate: 0.5 })), request("bert", settings));
  assert.deepEqual(parentOf(request("bert", { ...settings, extraSteps: "3" })), request("bert", settings));
  for (const method of ["bert", "bert-first-k"]) assert.equal(parentOf(request(method, { epochs: 3 })), null);
  assert.equal(parentOf(request("bert", { extraSteps: "0" })), null);
});

const few = { epochs: 0.5, "stage2.steps": 2, "stage3.steps": 4 };

/** A run of a few steps for every method; what it must say of itself. */
const examples: { request: RunRequest; check(record: RunRecord): void }[] = [
  {
    request: request("bert-first-k", { epochs: 0.5, firstLayers: 3 }),
    check: ({ parent, path, flops }) => {
      assert.deepEqual([parent, path.executedShare, path.distinctPaths], [null, [1, 1, 1, 0], 1]);
      const share = flops.meanPerExample / flops.fullPerExample; // a little more than 3/4: the head is whole
      assert.ok(share > 0.75 && share < 0.76, String(share));
    },
  },
  {
    request: request("bert", { epochs: 0.5, extraSteps: "stage3", "stage3.steps": 3 }),
    check: ({ parent, path, selection }) => {
      assert.deepEqual([parent, path.meanExecutedLayers, selection.evaluations], [
        "bert-epochs=0.5-s0",
        4,
        2,
      ]);
    },
  },
  {
    request: request("dpbert", { ...few, rewardBaseline: "batch", "stage2.steps": 0 }),
    check: ({ recipe, controls }) => {
      const { stage2, stage3 } = recipe as Partial<Recipe>;
      assert.deepEqual([stage2!.steps, stage3!.rewardBaseline], [0, "batch"]);
      assert.ok(controls);
    },
  },
  {
    request: request("dpbert", { ...few, rewardBaseline: "self-critical" }),
    check: ({ parent, recipe }) => {
      assert.equal(parent, "bert-epochs=0.5-s0");
      assert.ok(!("gates" in recipe));
    },
  },
  {
    request: request("dpbert-soft", few),
    check: ({ parent, recipe, controls }) => {
      assert.equal(parent, "bert-epochs=0.5-s0");
      assert.ok(controls && !("beta" in (recipe as Partial<Recipe>).stage3!));
    },
  },
  {
    request: request("dpbert-soft", { ...few, gates: "soft" }),
    check: ({ parent, recipe, path, controls }) => {
      assert.equal(parent, "dpbert-soft-epochs=0.5-stage2.steps=2-stage3.steps=4-s0");
      assert.deepEqual([recipe.gates, path.meanExecutedLayers, controls], ["soft", 4, undefined]);
    },
  },
  {
    request: request("dpbert", { ...few, gates: "sampled" }, "sts-b"),
    check: ({ path, controls }) => {
      assert.ok(path.distinctPaths > 2);
      assert.equal(controls, undefined);
    },
  },
];

for (const { request, check } of examples) {
  const { method, settings } = request;
  Deno.test(`${method} ${JSON.stringify(settings)} trains, and opened again predicts what its record says`, async () => {
    const results = await Deno.makeTempDir(), live = liveTensors();
    try {
      const context = { config: readConfig({}), backend, results, now: () => 0 };
      const record = await trainRun(request, context);
      check(record);
      assert.equal(liveTensors(), live);
      const model = (await openModel(request, context))!;
      const data = await readTaskData(model.sources, recipeOf(request).maxLength, 0);
      const outcome = await predictAll(model.backbone, model.sources.task.kind, data.dev, () => model.method);
      const rows = await readPredictions(results, keyOf(request));
      assert.deepEqual(predictionRows(model.sources.task, data.devExamples, outcome), rows);
      disposeModel(model);
      const predictor = await openPredictor(runPaths(results, record).record, { blas: "auto" });
      assert.equal(
        (await predictor.predict(data.devExamples[0].a, data.devExamples[0].b ?? undefined)).path,
        rows[0].path,
      );
      predictor.dispose();
      assert.equal(liveTensors(), live);
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  });
}

Deno.test("bert with extra steps begins with its parent's weights", async () => {
  const results = await Deno.makeTempDir();
  try {
    const context = { config: readConfig({}), backend, results, now: () => 0 };
    const still = request("bert", { epochs: 0.5, extraSteps: 1, "stage3.learningRate": 1e-30 });
    await trainRun(still, context);
    const values = async (request: RunRequest) => {
      const model = (await openModel(request, context))!;
      const read = await Promise.all(leaves(model.backbone.params).map(({ param }) => readValues(param)));
      disposeModel(model);
      return read;
    };
    assert.deepEqual(await values(still), await values(parentOf(still)!));
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

Deno.test("bert-first-k refuses more layers than there are before it writes anything", async () => {
  const results = await Deno.makeTempDir();
  const context = { config: readConfig({}), backend, results, now: () => 0 };
  await assert.rejects(trainRun(request("bert-first-k", { firstLayers: 5 }), context), {
    name: "InputError",
    message: "--set firstLayers=5: the backbone has 4 layers; expected at most that.",
  });
  assert.deepEqual([...Deno.readDirSync(results)], []);
  await Deno.remove(results);
});

Deno.test("every method has a name of its own", () => {
  assert.equal(new Set(methodEntries.map(({ name }) => name)).size, methodEntries.length);
});
