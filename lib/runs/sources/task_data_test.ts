import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { taskById } from "../../glue/mod.ts";
import { smokeRows } from "../../micro/smoke.ts";
import { disposeTree, leaves, startBackend } from "../../tensor/mod.ts";
import { requireGlueDir } from "./glue.ts";
import { numOutputs } from "./sources.ts";
import { openSources, readTaskData } from "./task_data.ts";

await startBackend("wasm");
const config = readConfig({});

Deno.test("readTaskData holds out a seeded tenth of train and leaves dev alone", async () => {
  const sources = await openSources("smoke", "mrpc", config);
  const data = await readTaskData(sources, 32, 0);
  const { train, dev } = smokeRows, tenth = Math.round(train / 10);
  assert.deepEqual([data.train.length, data.heldOut.length, data.dev.length], [train - tenth, tenth, dev]);
  assert.deepEqual(data.summary.rows, { "train.tsv": train, "dev.tsv": dev });
  assert.deepEqual(data.summary.warnings, []);
  assert.equal(data.mismatched, null);
  const indices = (rows: { index: number }[]) => rows.map(({ index }) => index);
  assert.equal(new Set([...indices(data.train), ...indices(data.heldOut)]).size, train);
  const again = await readTaskData(sources, 32, 0), other = await readTaskData(sources, 32, 1);
  assert.deepEqual(indices(again.heldOut), indices(data.heldOut));
  assert.notDeepEqual(indices(other.heldOut), indices(data.heldOut));
  assert.deepEqual(indices(other.dev), indices(data.dev));
});

Deno.test("readTaskData refuses inputs longer than the model has positions", async () => {
  const sources = await openSources("smoke", "sst-2", config);
  await assert.rejects(readTaskData(sources, 65, 0), {
    name: "InputError",
    message: /maxLength is 65.*64 positions/,
  });
});

Deno.test("readTaskData cuts inputs to the length asked for and reads MNLI's second dev set", async () => {
  const data = await readTaskData(await openSources("smoke", "mnli", config), 6, 0);
  assert.ok(data.train.every(({ tokenIds }) => tokenIds.length <= 6));
  assert.equal(data.mismatched!.encoded.length, data.mismatched!.examples.length);
  assert.equal(Object.keys(data.summary.sha256).length, 3);
});

Deno.test("openSources draws a smoke backbone from the seed alone, with an output per label", async () => {
  for (const [task, outputs] of [["mrpc", 2], ["mnli", 3], ["sts-b", 1]] as const) {
    const sources = await openSources("smoke", task, config);
    const params = await sources.freshBackbone(0);
    assert.equal(numOutputs(sources.task), outputs);
    assert.deepEqual(params.classifier.weight.shape, [outputs, 32]);
    const values = (tree: unknown) => leaves(tree).map(({ param }) => [...param.dataSync()]);
    const [same, other] = [await sources.freshBackbone(0), await sources.freshBackbone(1)];
    assert.deepEqual(values(same), values(params));
    assert.notDeepEqual(values(other), values(params));
    [params, same, other].forEach(disposeTree);
  }
});

Deno.test("requireGlueDir takes the folder that is named, else the project's own if it has the task", async () => {
  const folder = await Deno.makeTempDir(), rte = taskById("rte");
  const own = () => requireGlueDir({ glueDir: null }, rte, folder);
  try {
    assert.equal(requireGlueDir({ glueDir: folder }, rte), folder);
    await Deno.mkdir(`${folder}/RTE`);
    await Deno.writeTextFile(`${folder}/RTE/dev.tsv`, "");
    assert.throws(own, {
      name: "InputError",
      message: /RTE lacks train\.tsv, test\.tsv\. Run `deno task setup --glue rte`, or set DPB_GLUE_DIR/,
    });
    await Deno.writeTextFile(`${folder}/RTE/train.tsv`, "");
    await Deno.writeTextFile(`${folder}/RTE/test.tsv`, "");
    assert.equal(own(), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openSources refuses an unknown task, one without labels, and the glue profile without its files", async () => {
  const opened = async (profile: string, task: string, env: Record<string, string> = {}) =>
    await openSources(profile, task, readConfig(env));
  await assert.rejects(opened("smoke", "mprc"), { name: "InputError", message: /mprc/ });
  await assert.rejects(opened("smoke", "ax"), { name: "InputError", message: /"ax".*cannot be trained/ });
  await assert.rejects(opened("glue", "mrpc", { DPB_GLUE_DIR: "/nowhere", DPB_BERT_DIR: "/nowhere" }), {
    name: "InputError",
    message: /nowhere/,
  });
});
