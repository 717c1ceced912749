import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../config.ts";
import { leaves, liveTensors, readValues, startBackend } from "../../tensor/mod.ts";
import { predictAll } from "../../methods/mod.ts";
import { Stopped } from "../../train/mod.ts";
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
import { methodEntries, parentOf, possibleRuns, recipeOf, recordedRecipe, trainingOf } from "./mod.ts";

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
    const { data, weights, recipeHash: hash } = record;
    const recipe = recordedRecipe({ ...record, settings: overridesOf(record) });
    assert.equal(recipeHash(recipe, data.sha256, weights.sha256), hash);
  }
});

Deno.test("a method's record keeps the settings that it uses, under keys that --set takes", () => {
  const sections = (method: string, settings: Settings = {}) =>
    Object.keys(recordedRecipe(request(method, settings)));
  assert.deepEqual(sections("bert"), ["maxLength", "stage1"]);
  assert.deepEqual(sections("dpbert"), ["maxLength", "stage1", "stage2", "stage3"]);
  assert.deepEqual(sections("bert-first-k"), ["maxLength", "firstLayers", "stage1"]);
  // What was given is part of the name, so it must be found again (`overridesOf`).
  assert.deepEqual(sections("bert", { extraSteps: 0 }), ["maxLength", "extraSteps", "stage1"]);
  const further = recordedRecipe(request("bert", { extraSteps: "stage3" }));
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
  {
    request: request("deebert", { epochs: 0.5, "exits.steps": 4 }),
    check: ({ parent, recipe, selection, path }) => {
      assert.equal(parent, "bert-epochs=0.5-s0");
      assert.deepEqual((recipe as Partial<Recipe>).stage3, { targetRate: 0.6 });
      const { threshold, meanExecutedLayers } = selection.exit as Record<string, number>;
      assert.ok(threshold > 0 && Math.abs(meanExecutedLayers - 0.6 * 4) < 0.2, String(meanExecutedLayers));
      assert.equal(path.executedShare[0], 1);
    },
  },
  {
    request: request("deebert", { epochs: 0.5, "exits.steps": 4, threshold: 0 }),
    check: ({ parent, recipe, path, flops }) => {
      assert.equal(parent, "deebert-epochs=0.5-exits.steps=4-s0");
      assert.deepEqual([recipe.threshold, recipe.stage3, path.meanExecutedLayers], [0, undefined, 4]);
      assert.ok(flops.meanPerExample > flops.fullPerExample); // the ramps that nobody took
    },
  },
  {
    request: request("pabee", { epochs: 0.5 }, "sts-b"),
    check: ({ parent, recipe, selection }) => {
      assert.deepEqual([parent, recipe.exitBy, recipe.patience, recipe.threshold], [
        null,
        "patience",
        "target",
        undefined,
      ]);
      assert.ok(Number.isInteger((selection.exit as Record<string, number>).patience));
    },
  },
  {
    request: request("pabee", {
      epochs: 0.5,
      extraSteps: 2,
      exitInput: "standardised",
      exitBy: "entropy",
      targetRate: 0.4,
    }),
    check: ({ parent, recipe, selection, path, flops }) => {
      assert.equal(parent, "pabee-epochs=0.5-exitInput=standardised-extraSteps=2-s0");
      assert.deepEqual([recipe.exitBy, recipe.threshold, recipe.patience], ["entropy", "target", undefined]);
      const { meanExecutedLayers } = selection.exit as Record<string, number>;
      assert.ok(Math.abs(meanExecutedLayers - 0.4 * 4) < 0.2, String(meanExecutedLayers));
      assert.ok(path.meanExecutedLayers < 3 && flops.meanPerExample < flops.fullPerExample);
    },
  },
  {
    request: request("static-subset", { epochs: 0.5, "stage3.steps": 4, targetRate: 0.5 }),
    check: ({ parent, recipe, selection, path, controls }) => {
      assert.equal(parent, "bert-epochs=0.5-s0");
      assert.deepEqual([recipe.subset, recipe.stage2, controls], ["search", undefined, undefined]);
      assert.deepEqual(path.executedShare, [...selection.path as string].map(Number));
      assert.equal(path.meanExecutedLayers, 2);
    },
  },
  {
    request: request("static-subset", { ...few, subset: "commonest" }, "sts-b"),
    check: ({ parent, recipe, path }) => {
      assert.equal(parent, "bert-epochs=0.5-s0");
      const { stage2, stage3 } = recipe as Partial<Recipe>;
      assert.deepEqual([stage2!.steps, stage3!.beta, path.distinctPaths], [2, 5, 1]);
    },
  },
  {
    request: request("static-subset", { ...few, "stage2.steps": 1, subset: "random", targetRate: 0.3 }),
    check: ({ path, recipe }) => {
      assert.deepEqual([path.meanExecutedLayers, recipe.stage2], [1, { steps: 1 }]);
    },
  },
  {
    request: request("pabee", { epochs: 0.5, patience: 1 }),
    check: ({ path, recipe }) => {
      assert.deepEqual([path.executedShare[0], path.executedShare[1], recipe.patience], [1, 1, 1]);
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

Deno.test("deebert and entropy refuse a regression before anything is written", async () => {
  const results = await Deno.makeTempDir();
  const context = { config: readConfig({}), backend, results, now: () => 0 };
  await assert.rejects(trainRun(request("deebert", {}, "sts-b"), context), {
    name: "InputError",
    message:
      "deebert leaves by the entropy of a prediction, which a regression does not have; leave STS-B out.",
  });
  await assert.rejects(trainRun(request("pabee", { exitBy: "entropy" }, "sts-b"), context), {
    name: "InputError",
    message:
      /^pabee leaves by the entropy of a prediction, which a regression does not have; leave STS-B out\.$/,
  });
  assert.deepEqual([...Deno.readDirSync(results)], []);
  await Deno.remove(results);
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

Deno.test("points of one training share its weights: one training, a record each", async () => {
  const results = await Deno.makeTempDir(), stages: string[] = [];
  try {
    const context = {
      config: readConfig({}),
      backend,
      results,
      now: () => 0,
      onProgress: (_run: string, { stage }: { stage: string }) => void stages.push(stage),
    };
    const point = (threshold: number) => request("deebert", { epochs: 0.5, "exits.steps": 4, threshold });
    for (const threshold of [0.1, 0.6]) await trainRun(point(threshold), context);
    assert.equal(stages.filter((stage) => stage === "exits").length, 4);
    const folders = [...Deno.readDirSync(`${results}/smoke/checkpoints/sst-2`)].filter((
      { isDirectory, name },
    ) => isDirectory && [...Deno.readDirSync(`${results}/smoke/checkpoints/sst-2/${name}`)].length > 0);
    assert.deepEqual(folders.map(({ name }) => name).sort(), [
      "bert-epochs=0.5-s0",
      "deebert-epochs=0.5-exits.steps=4-s0",
    ]);
    const { record } = runPaths(results, keyOf(trainingOf(point(0.1))));
    await Deno.remove(record);
    await assert.rejects(openModel(trainingOf(point(0.1)), context), {
      name: "InputError",
      message: /record is gone, which says its threshold/,
    });
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

/** Every file under `folder` but timings, by its path from there, as text. */
function filesUnder(folder: string, prefix = ""): [string, string][] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }): [string, string][] => {
    if (name === "timings") return [];
    if (isDirectory) return filesUnder(`${folder}/${name}`, `${prefix}${name}/`);
    return [[prefix + name, new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`))]];
  }).sort(([a], [b]) => a < b ? -1 : 1);
}

for (
  const interrupted of [
    request("pabee", { epochs: 1, exitInput: "standardised", targetRate: 0.5 }),
    request("deebert", { epochs: 0.5, "exits.steps": 6, exitInput: "standardised" }),
  ]
) {
  Deno.test(`${interrupted.method} stopped everywhere and continued leaves the same bytes as undisturbed`, async () => {
    const [whole, pieces] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
    try {
      const context = { config: readConfig({}), backend, results: whole, now: () => 0 };
      await trainRun(interrupted, context);
      let looks = 0, stops = 0;
      const stopping = { ...context, results: pieces, shouldStop: () => ++looks % 3 === 0 };
      for (let record = null; !record;) {
        record = await trainRun(interrupted, stopping).catch((error) => {
          assert.ok(error instanceof Stopped, String(error));
          assert.ok(++stops < 60);
          return null;
        });
      }
      assert.ok(stops > 3, String(stops));
      assert.deepEqual(filesUnder(pieces), filesUnder(whole));
    } finally {
      for (const folder of [whole, pieces]) await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("every method has a name of its own", () => {
  assert.equal(new Set(methodEntries.map(({ name }) => name)).size, methodEntries.length);
});
