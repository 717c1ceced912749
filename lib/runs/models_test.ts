import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { randomPlanner } from "../methods/mod.ts";
import { leaves, random, startBackend } from "../tensor/mod.ts";
import { hasModel, loadModel, loadPlanner, saveModel } from "./models.ts";
import { openSources } from "./task_data.ts";

await startBackend("wasm");
const sources = await openSources("smoke", "mrpc", readConfig({}));
const values = (tree: unknown) => leaves(tree).map(({ param }) => [...param.dataSync()]);

Deno.test("saveModel and loadModel give back backbone and planner to the bit; hasModel sees a whole model only", async () => {
  const folder = `${await Deno.makeTempDir()}/model`;
  try {
    assert.equal(await hasModel(folder), false);
    const params = await sources.freshBackbone(0), planner = randomPlanner(4, 32, random(0, "planner"));
    await saveModel(folder, sources, params, planner);
    assert.equal(await hasModel(folder), true);
    assert.deepEqual(values(await loadModel(folder, sources)), values(params));
    assert.deepEqual(values(await loadPlanner(folder, sources)), values(planner));
    const { id2label } = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
    assert.deepEqual(Object.values(id2label), [...sources.task.classNames]);
    await Deno.remove(`${folder}/planner.safetensors`);
    await assert.rejects(loadPlanner(folder, sources), {
      name: "InputError",
      message: /planner\.safetensors/,
    });
  } finally {
    await Deno.remove(folder.replace(/\/model$/, ""), { recursive: true });
  }
});

Deno.test("loadPlanner refuses a planner of another width", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await saveModel(
      folder,
      sources,
      await sources.freshBackbone(0),
      randomPlanner(4, 16, random(0, "planner")),
    );
    await assert.rejects(loadPlanner(folder, sources), { name: "InputError", message: /shape \[1,16\]/ });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
