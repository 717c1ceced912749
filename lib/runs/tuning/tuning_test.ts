import assert from "node:assert/strict";
import { inFolder } from "../../files/in_folder.ts";
import { join } from "node:path";
import { committedResults } from "../ensure.ts";
import { recipeOf } from "../methods/mod.ts";
import { exampleTuning, trial } from "./example_tuning.ts";
import {
  chosenTrial,
  findTuning,
  readTunings,
  standardError,
  type Trial,
  tuningFile,
  writeTuning,
} from "./tuning.ts";

const chosen = (...trials: ReturnType<typeof trial>[]) => chosenTrial({ trials, heldOutRows: 400 }).settings;

Deno.test("chosenTrial takes the best score among the trials on target", () => {
  const off = trial({ beta: 50 }, 90, { onTarget: false });
  assert.deepEqual(chosen(trial({}, 80), off, trial({ beta: 20 }, 85), trial({ beta: 35 }, 84)), {
    beta: 20,
  });
});

Deno.test("chosenTrial keeps the recipe of equals, and where no trial is on target", () => {
  const off = { onTarget: false };
  assert.deepEqual(chosen(trial({}, 80), trial({ beta: 20 }, 80)), {});
  assert.deepEqual(chosen(trial({}, 80, off), trial({ beta: 20 }, 85), trial({ beta: 35 }, 85)), {
    beta: 20,
  });
  assert.deepEqual(chosen(trial({}, 80, off), trial({ beta: 20 }, 85, off)), {});
  assert.deepEqual(chosen(trial({}, 80, off), trial({ beta: 20 }, 70)), { beta: 20 });
});

Deno.test("chosenTrial leaves the recipe only for what is more than one standard error better", () => {
  assert.equal(standardError(80, 400), 2);
  assert.deepEqual(chosen(trial({}, 80), trial({ beta: 20 }, 82)), {});
  assert.deepEqual(chosen(trial({}, 80), trial({ beta: 20 }, 82.1)), { beta: 20 });
  assert.deepEqual([standardError(100, 400), standardError(-3, 400)], [0.25, 0.25]); // one row of 400
});

Deno.test("chosenTrial passes over a trial that diverged, were it the recipe", () => {
  const diverged = { heldOutScore: null, onTarget: false };
  assert.deepEqual(chosen(trial({}, 0, diverged), trial({ beta: 20 }, -3)), { beta: 20 });
});

Deno.test("tunings come back as they were written, by task and method", async () => {
  await inFolder(async (results) => {
    assert.deepEqual(await readTunings(results, "glue"), []);
    const [mrpc, cola] = [exampleTuning(), exampleTuning({ task: "cola" })];
    for (const tuning of [mrpc, cola]) await writeTuning(results, tuning);
    assert.deepEqual(await readTunings(results, "glue"), [cola, mrpc]);
    assert.equal(tuningFile(results, mrpc), join(results, "glue", "tuning", "mrpc", "dpbert.json"));
    assert.equal(await findTuning(results, { ...mrpc, method: "bert" }), null);
  });
});

Deno.test("a tuning that is cut off, of another version, copied or without the recipe is refused with its file", async () => {
  const text = JSON.stringify(exampleTuning());
  const broken: [string, RegExp][] = [
    [text.slice(0, -2), /mrpc\/dpbert\.json is not complete JSON .*Delete it and run `deno task tune` again/],
    [text.replace('"schemaVersion":1', '"schemaVersion":2'), /field "schemaVersion"/],
    [text.replace('"task":"mrpc"', '"task":"cola"'), /holds what belongs into .*cola\/dpbert\.json/],
    [
      text.replace('"settings":{}', '"settings":{"beta":5}'),
      /"trials": expected the recipe as it stands first/,
    ],
  ];
  for (const [content, message] of broken) {
    await inFolder(async (results) => {
      const file = tuningFile(results, exampleTuning());
      await Deno.mkdir(join(file, ".."), { recursive: true });
      await Deno.writeTextFile(file, content);
      await assert.rejects(readTunings(results, "glue"), { name: "InputError", message });
    });
  }
});

Deno.test("micro's recipes are what its committed trials choose", async () => {
  const tunings = await readTunings(committedResults, "micro");
  assert.ok(tunings.length >= 7, `${tunings.length}`);
  for (const tuning of tunings) {
    const under = (settings: Trial["settings"]) => recipeOf({ ...tuning, settings });
    assert.deepEqual(under({}), under(chosenTrial(tuning).settings), `${tuning.task} ${tuning.method}`);
  }
});
