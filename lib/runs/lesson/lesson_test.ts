import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readConfig } from "../../config.ts";
import { openLesson, stageFacts, trainBeside } from "./lesson.ts";

const config = readConfig({ DPB_PROFILE: "smoke", DPB_BLAS: "off", DPB_BACKEND: "wasm" });

Deno.test("a smoke lesson keeps the recipe's steps and follows the first dev row", async () => {
  const { profile, recipe, steps, example, encoded, levels, data } = await openLesson(config);
  assert.equal(profile, "smoke");
  assert.deepEqual(steps, { stage1: 96, stage2: recipe.stage2.steps, stage3: recipe.stage3.steps }); // 12 epochs of 58 rows
  assert.deepEqual([example.index, encoded], [0, data.dev[0]]);
  assert.equal(levels.length, data.dev.length);
});

Deno.test({
  name: "a micro lesson follows the first dev row of the highest level and takes two minutes' steps",
  ignore: !existsSync(new URL("../../../data/micro/model.safetensors", import.meta.url)),
  fn: async () => {
    const { profile, steps, example, levels } = await openLesson({ ...config, profile: "micro" });
    assert.equal(profile, "micro");
    assert.equal(levels.length, 1000);
    assert.equal(levels[example.index], 4);
    assert.ok(levels.slice(0, example.index).every((level) => level < 4));
    assert.deepEqual(steps, { stage1: 400, stage2: 60, stage3: 400 });
  },
});

Deno.test("a lesson refuses a regression, before anything is trained", () =>
  assert.rejects(openLesson(config, "sts-b"), { name: "InputError", message: /^STS-B has scores/ }));

Deno.test("stageFacts has a target rate where paths are sampled", async () => {
  const lesson = await openLesson(config, "sst-2"), { batchSize } = lesson.recipe.stage1;
  const facts = { title: "Stage 1", task: "sst-2", batchSize, seed: 0, targetRate: undefined };
  assert.deepEqual(stageFacts(lesson, "stage1"), facts);
  assert.equal(stageFacts(lesson, "stage3").targetRate, lesson.recipe.stage3.targetRate);
});

Deno.test("a lesson beside another profile leaves alone the BERT that is meant for that one", async () => {
  const bertDir = await Deno.makeTempDir();
  try {
    const opened = (profile: "micro" | "glue") => openLesson({ ...config, profile, bertDir });
    await assert.rejects(
      opened("micro"),
      (error: Error) => error.message.startsWith(`${bertDir} has no config`),
    );
    await opened("glue").catch((error: Error) => assert.ok(!error.message.includes(bertDir)));
  } finally {
    await Deno.remove(bertDir);
  }
});

Deno.test("trainBeside has a point for every step, and the same losses on both backends", async () => {
  const { first, second } = await trainBeside(await openLesson(config), "stage1", null);
  const steps = first.result.curve.map(({ step }) => step);
  assert.deepEqual(steps, steps.map((_, at) => at + 1));
  assert.ok(steps.length >= 2);
  second?.result.curve.forEach(({ step, loss }, at) => {
    assert.equal(step, steps[at]);
    assert.ok(Math.abs(loss / first.result.curve[at].loss - 1) < 1e-3);
  });
});
