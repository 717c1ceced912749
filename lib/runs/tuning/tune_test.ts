import assert from "node:assert/strict";
import { join } from "node:path";
import { liveTensors } from "../../tensor/mod.ts";
import { Stopped } from "../../train/mod.ts";
import type { RunContext } from "../unfinished/run.ts";
import { inResults, shortRun } from "../short_runs.ts";
import { trainRun } from "../unit.ts";
import { trainTrial } from "./trial.ts";
import { tuneTask, type TuningContext } from "./tune.ts";
import { type Trial, tuningFile } from "./tuning.ts";

const wanted = { profile: "smoke", task: "sst-2", methods: ["static-subset"], seed: 0, trials: 2 };

/** Every file under `folder` by its path from there, sorted. */
function filesUnder(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesUnder(join(folder, name), `${prefix}${name}/`) : [prefix + name]
  ).sort();
}

/** Tunes, and returns the settings that were trained for it. */
async function tuned(request: typeof wanted, context: RunContext): Promise<Trial["settings"][]> {
  const trained: Trial["settings"][] = [];
  await tuneTask(request, { ...context, onTrial: (_, { settings }) => trained.push(settings) });
  return trained;
}

Deno.test("tuneTask leaves a file per method and nothing else: no record, no weights, no tensors", async () => {
  await inResults(async (context) => {
    const live = liveTensors();
    const [{ trials, targetRate }, bert] = await tuneTask(
      { ...wanted, methods: ["dpbert", "bert"] },
      context,
    );
    assert.equal(liveTensors(), live);
    assert.deepEqual(filesUnder(context.results), [
      "smoke/tuning/sst-2/bert.json",
      "smoke/tuning/sst-2/dpbert.json",
    ]);
    assert.deepEqual([trials.length, trials[0].settings, targetRate], [2, {}, 0.6]);
    assert.ok(trials.every((trial) => trial.heldOutScore! >= 0 && trial.meanExecutedLayers! <= 4));
    assert.deepEqual([bert.trials[0].meanExecutedLayers, bert.trials[0].onTarget, bert.targetRate], [
      null,
      true,
      null,
    ]);
  });
});

Deno.test("tuneTask trains what is missing alone: nothing twice, one more where one more is wanted", async () => {
  await inResults(async (context) => {
    const file = tuningFile(context.results, { ...wanted, method: "static-subset" });
    const [first, second] = await tuned(wanted, context), text = await Deno.readTextFile(file);
    assert.deepEqual(await tuned(wanted, context), []);
    assert.equal(await Deno.readTextFile(file), text);
    const more = await tuned({ ...wanted, trials: 3 }, context),
      { trials } = JSON.parse(
        await Deno.readTextFile(file),
      );
    assert.deepEqual(trials.map(({ settings }: Trial) => settings), [first, second, ...more]);
    assert.equal(more.length, 1);
  });
});

Deno.test("tuneTask trains again what was tried under another recipe", async () => {
  await inResults(async (context) => {
    const file = tuningFile(context.results, { ...wanted, method: "static-subset" });
    const [, second] = await tuned(wanted, context), text = await Deno.readTextFile(file);
    const { trials: [, { recipeHash }] } = JSON.parse(text);
    await Deno.writeTextFile(file, text.replace(recipeHash, "0".repeat(16)));
    assert.deepEqual(await tuned(wanted, context), [second]);
    assert.equal(await Deno.readTextFile(file), text);
  });
});

Deno.test("tuneTask that is stopped again and again ends in the same bytes", async () => {
  const end = async (context: TuningContext) => {
    for (let stops = 0;; stops++) {
      try {
        await tuneTask({ ...wanted, methods: ["dpbert"] }, context);
        const text = await Deno.readTextFile(tuningFile(context.results, { ...wanted, method: "dpbert" }));
        return { stops, text };
      } catch (error) {
        if (!(error instanceof Stopped) || stops > 60) throw error;
      }
    }
  };
  const whole = await inResults(end);
  let looks = 0;
  const pieces = await inResults((context) => end({ ...context, shouldStop: () => ++looks % 40 === 0 }));
  assert.ok(whole.stops === 0 && pieces.stops > 3, String(pieces.stops));
  assert.equal(pieces.text, whole.text);
});

Deno.test("tuneTask refuses another seed and fewer trials than there are, before it trains anything", async () => {
  await inResults(async (context) => {
    await tuned(wanted, context);
    const methods = ["bert", "static-subset"];
    for (const other of [{ trials: 1 }, { seed: 1 }]) {
      const trained: string[] = [], onTrial: TuningContext["onTrial"] = ({ method }) => trained.push(method);
      await assert.rejects(tuneTask({ ...wanted, methods, ...other }, { ...context, onTrial }), {
        name: "InputError",
        message:
          /sst-2 static-subset has 2 trials of seed 0; ask for .*--seed 0 --trials 2.*static-subset\.json/,
      });
      assert.deepEqual(trained, []);
    }
  });
});

for (const [method, ofExit] of [["dpbert", false], ["deebert", true], ["pabee", false]] as const) {
  const what = ofExit ? "its exit's score" : "its checkpoint's score";
  Deno.test(`trainTrial finds on the held-out rows what a run of ${method} records: ${what}`, async () => {
    const request = shortRun(method, { epochs: 2 });
    const found = await inResults((context) => trainTrial(request, context));
    const { selection, recipeHash } = await inResults((context) => trainRun(request, context));
    const { heldOutScore } = (ofExit ? selection.exit : selection) as { heldOutScore: number };
    assert.deepEqual([found.heldOutScore, found.recipeHash], [heldOutScore, recipeHash]);
  });
}

Deno.test("trainTrial of a training that diverges finds no score, and other mistakes are thrown", async () => {
  await inResults(async (context) => {
    const notes: string[] = [], { backend } = context, { ops } = backend;
    const adamw: typeof ops.adamw = (param, gradient, moments, scale, step) =>
      ops.adamw(param, gradient, moments, scale, { ...step, learningRate: 1e38 });
    const wild = { ...context, backend: { ...backend, ops: { ...ops, adamw } } };
    const noted = { ...wild, onNote: (text: string) => notes.push(text) };
    const { heldOutScore, onTarget } = await trainTrial(shortRun("bert"), noted);
    assert.deepEqual([heldOutScore, onTarget], [null, false]);
    assert.match(notes.join(), /^bert-s0: .*(NaN|diverged)/);
    const impossible = trainTrial(shortRun("bert-first-k", { firstLayers: 9 }), context);
    await assert.rejects(impossible, { name: "InputError", message: /the backbone has 4 layers/ });
  });
});
