import assert from "node:assert/strict";
import { inFolder } from "../../files/in_folder.ts";
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { exampleRecord, exampleTiming } from "./example_records.ts";
import {
  findRecord,
  findTiming,
  readCurve,
  readPredictions,
  readRecords,
  readTimings,
  readWholeCurve,
  runName,
  runPaths,
  settingSlug,
  writeRun,
} from "./store.ts";

/** Runs `body` with a fresh folder, removed afterwards. */
function outcome(changes: { seed?: number; setting?: string } = {}) {
  return {
    record: exampleRecord(changes),
    timing: exampleTiming(changes),
    predictions: [{ id: 0, label: "1", prediction: "1", path: "111101" }],
    curve: [{ stage: "reinforcement", step: 1, loss: 0.5 }],
  };
}

Deno.test("settingSlug sorts keys, shortens the common ones and spells out the rest", () => {
  assert.equal(settingSlug({}), "");
  assert.equal(settingSlug({ targetRate: 0.6 }), "t0.6");
  assert.equal(settingSlug({ targetRate: "0.60" }), "t0.6");
  assert.equal(settingSlug({ targetRate: 0.6, beta: 5 }), "beta=5-t0.6");
  assert.equal(
    settingSlug({ lambda1: 0.5, detachPlannerInput: true }),
    "detachPlannerInput=true-lambda1=0.5",
  );
});

Deno.test("settingSlug refuses what cannot name a file", () => {
  for (const [key, value] of [["beta", "a/b"], ["../x", "1"], ["beta", ""], ["beta", "a b"]]) {
    assert.throws(() => settingSlug({ [key]: value }), InputError);
  }
});

Deno.test("runName and runPaths follow the contract", () => {
  assert.equal(runName("bert", "", 0), "bert-s0");
  assert.equal(runName("dpbert", "t0.6", 2), "dpbert-t0.6-s2");
  const paths = runPaths("results", exampleRecord({ setting: "t0.6" }));
  assert.equal(paths.record, join("results", "glue", "runs", "mrpc", "dpbert-t0.6-s0.json"));
  assert.equal(paths.timing, join("results", "glue", "timings", "mrpc", "dpbert-t0.6-s0.json"));
  assert.equal(paths.predictions, join("results", "glue", "paths", "mrpc", "dpbert-t0.6-s0.tsv"));
  assert.equal(paths.curve, join("results", "glue", "curves", "mrpc", "dpbert-t0.6-s0.jsonl"));
  assert.equal(paths.checkpoint, join("results", "glue", "checkpoints", "mrpc", "dpbert-t0.6-s0"));
});

Deno.test("writeRun stores a run that the readers give back", () =>
  inFolder(async (folder) => {
    const { record, timing, predictions, curve } = outcome();
    const paths = await writeRun(folder, { record, timing, predictions, curve });
    assert.deepEqual(await findRecord(folder, record), record);
    assert.deepEqual(await findTiming(folder, record), timing);
    assert.deepEqual(await readPredictions(folder, record), predictions);
    assert.deepEqual(await readCurve(folder, record), curve);
    const text = await Deno.readTextFile(paths.record);
    assert(text.startsWith('{\n  "schemaVersion": 1,\n  "profile": "glue",') && text.endsWith("}\n"));
  }));

Deno.test("writeRun gives the same bytes for keys in another order", () =>
  inFolder(async (folder) => {
    const first = await writeRun(folder, outcome());
    const bytes = await Deno.readTextFile(first.record);
    const reversed = Object.fromEntries(Object.entries(exampleRecord()).reverse());
    await writeRun(folder, { ...outcome(), record: reversed as ReturnType<typeof exampleRecord> });
    assert.equal(await Deno.readTextFile(first.record), bytes);
  }));

Deno.test("writeRun writes no record when it is invalid or the timing is another run's", () =>
  inFolder(async (folder) => {
    const wrong = { ...outcome(), record: exampleRecord({ metrics: { score: NaN } }) };
    await assert.rejects(writeRun(folder, wrong), InputError);
    await assert.rejects(writeRun(folder, { ...outcome(), timing: exampleTiming({ seed: 1 }) }), InputError);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("writeRun leaves no record when a file beside it fails", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "glue"));
    await Deno.writeTextFile(join(folder, "glue", "curves"), "in the way");
    await assert.rejects(writeRun(folder, outcome()), InputError);
    assert.equal(await findRecord(folder, exampleRecord()), null);
  }));

Deno.test("readRecords sorts by task, method, setting and seed, seeds as numbers", () =>
  inFolder(async (folder) => {
    for (const changes of [{ seed: 10 }, { seed: 2 }, { seed: 0, setting: "t0.6" }]) {
      await writeRun(folder, outcome(changes));
    }
    const found = (await readRecords(folder, "glue")).map((record) => [record.setting, record.seed]);
    assert.deepEqual(found, [["", 2], ["", 10], ["t0.6", 0]]);
    assert.equal((await readTimings(folder, "glue")).length, 3);
  }));

Deno.test("a record or timing under another run's name is refused, not counted twice", () =>
  inFolder(async (folder) => {
    const { record, timing } = await writeRun(folder, outcome());
    const other = exampleRecord({ seed: 1 }), copies = runPaths(folder, other);
    const refused = {
      name: "InputError",
      message: /dpbert-s1\.json holds what belongs into .*dpbert-s0\.json/,
    };
    await Deno.copyFile(timing, copies.timing);
    await assert.rejects(findTiming(folder, other), refused);
    await assert.rejects(readTimings(folder, "glue"), refused);
    await Deno.copyFile(record, copies.record);
    await assert.rejects(findRecord(folder, other), refused);
    await assert.rejects(readRecords(folder, "glue"), refused);
  }));

Deno.test("readRecords finds nothing in an absent folder and names a truncated file", () =>
  inFolder(async (folder) => {
    assert.deepEqual(await readRecords(join(folder, "none"), "glue"), []);
    const { record } = await writeRun(folder, outcome());
    await Deno.writeTextFile(record, (await Deno.readTextFile(record)).slice(0, 80));
    await assert.rejects(readRecords(folder, "glue"), (error) => (error as Error).message.includes(record));
  }));

Deno.test("readWholeCurve puts the parent's stages before the run's own", () =>
  inFolder(async (folder) => {
    const line = (stage: string) => ({ stage, step: 1, loss: 0.5 });
    const names = { profile: "glue", task: "mrpc", seed: 0 };
    const bert = { ...names, method: "bert", setting: "" },
      dpbert = { ...names, method: "dpbert", setting: "t0.6" };
    for (const [key, parent, stage] of [[bert, null, "stage1"], [dpbert, "bert-s0", "stage2"]] as const) {
      await writeRun(folder, {
        record: exampleRecord({ ...key, parent }),
        timing: exampleTiming(key),
        predictions: [],
        curve: [line(stage)],
      });
    }
    const whole = await readWholeCurve(folder, exampleRecord({ ...dpbert, parent: "bert-s0" }));
    assert.deepEqual(whole, [line("stage1"), line("stage2")]);
  }));
