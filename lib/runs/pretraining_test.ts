import assert from "node:assert/strict";
import { join } from "node:path";
import { loadBert } from "../bert/mod.ts";
import { pretrainRecipe } from "../pretrain/mod.ts";
import { disposeTree, random, startBackend } from "../tensor/mod.ts";
import { Stopped } from "../train/mod.ts";
import { findPretraining, type PretrainingContext, pretrainMicro } from "./pretraining.ts";

const backend = await startBackend("wasm", { blas: "off" });
const recipe = pretrainRecipe({
  shallowLayers: 1,
  factsSteps: 0,
  storiesSteps: 0,
  shallowSteps: 2,
  steps: 4,
  batchSize: 4,
  evaluations: 2,
  evaluationRows: 32,
  numLayers: 2,
  hiddenSize: 8,
  numHeads: 2,
  intermediateSize: 8,
});

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(join(folder, "micro"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const context = (folder: string, changes: Partial<PretrainingContext> = {}): PretrainingContext => ({
  backend,
  folder,
  seed: 0,
  recipe,
  now: () => 0,
  ...changes,
});

Deno.test("Pre-training leaves a BERT folder that loads, and a record with the sum of its weights", () =>
  withFolder(async (folder) => {
    const record = await pretrainMicro(context(folder));
    assert.deepEqual(await findPretraining(folder), record);
    assert.deepEqual(record.evaluations.deep.map(({ step }) => step), [2, 4]);
    const { config, params, drawn } = await loadBert(folder, 3, random(0, "head"));
    assert.deepEqual([config.numLayers, config.hiddenSize], [2, 8]);
    assert.deepEqual(drawn, ["classifier"]);
    disposeTree(params);
  }));

Deno.test("A second call trains nothing; with other weights in its place, or --fresh, it does", () =>
  withFolder(async (folder) => {
    let steps = 0;
    const counted = (changes: Partial<PretrainingContext> = {}) =>
      pretrainMicro(context(folder, { onProgress: () => steps++, ...changes }));
    const first = await counted();
    assert.deepEqual(await counted(), first);
    assert.equal(steps, 6);
    await Deno.writeTextFile(join(folder, "model.safetensors"), "damaged");
    assert.deepEqual(await counted(), first);
    assert.equal(steps, 12);
    assert.deepEqual(await counted({ fresh: true }), first);
    assert.equal(steps, 18);
  }));

Deno.test("A stopped pre-training goes on where it stopped, to the same record", () =>
  withFolder(async (folder) => {
    const undisturbed = await pretrainMicro(context(folder + "-other"));
    let steps = 0;
    const shouldStop = () => ++steps > 2;
    await assert.rejects(pretrainMicro(context(folder, { shouldStop })), Stopped);
    assert.equal(await findPretraining(folder), null);
    let more = 0;
    assert.deepEqual(await pretrainMicro(context(folder, { onProgress: () => more++ })), undisturbed);
    assert.ok(more < 6);
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      /state|begun|lock/.test(name)
    );
    assert.deepEqual(left, []);
  }));

Deno.test("A broken record is refused by name", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "pretraining.json"), "{");
    await assert.rejects(findPretraining(folder), /pretraining\.json.*deno task pretrain/s);
  }));

Deno.test("A record that cannot be read is refused, not taken for none", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "pretraining.json"), { recursive: true });
    await assert.rejects(findPretraining(folder), {
      name: "InputError",
      message: /^Cannot read .*pretraining/,
    });
  }));
