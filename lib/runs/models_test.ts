import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { randomPlanner } from "../methods/mod.ts";
import { leaves, liveTensors, random, startBackend } from "../tensor/mod.ts";
import { loadWordPiece, wordPieceFromVocab } from "../text/mod.ts";
import { hasModel, loadModel, loadParts, type PartMakers, saveModel } from "./models.ts";
import { openSources } from "./sources/task_data.ts";

await startBackend("wasm");
const sources = await openSources("smoke", "mrpc", readConfig({}));
const makers: PartMakers = {
  planner: ({ config }, rng) => randomPlanner(config.numLayers, config.hiddenSize, rng),
};
const shape = { config: sources.config, numOutputs: 2 };
const loadPlanner = async (folder: string) => (await loadParts(folder, makers, shape)).planner;
const values = (tree: unknown) => leaves(tree).map(({ param }) => [...param.dataSync()]);

Deno.test("saveModel and loadModel give back backbone and planner to the bit; hasModel sees a whole model only", async () => {
  const folder = `${await Deno.makeTempDir()}/model`;
  try {
    assert.equal(await hasModel(folder), false);
    const params = await sources.freshBackbone(0), planner = randomPlanner(4, 32, random(0, "planner"));
    await saveModel(folder, sources, params, { planner });
    assert.equal(await hasModel(folder), true);
    assert.deepEqual(values(await loadModel(folder, sources)), values(params));
    assert.deepEqual(values(await loadPlanner(folder)), values(planner));
    const { id2label } = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
    assert.deepEqual(Object.values(id2label), [...sources.task.classNames]);
    await Deno.remove(`${folder}/planner.safetensors`);
    await assert.rejects(loadPlanner(folder), {
      name: "InputError",
      message: /planner\.safetensors/,
    });
  } finally {
    await Deno.remove(folder.replace(/\/model$/, ""), { recursive: true });
  }
});

Deno.test("loadParts refuses a planner of another width", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await saveModel(
      folder,
      sources,
      await sources.freshBackbone(0),
      { planner: randomPlanner(4, 16, random(0, "planner")) },
    );
    const live = liveTensors();
    await assert.rejects(loadPlanner(folder), { name: "InputError", message: /shape \[1,16\]/ });
    assert.equal(liveTensors(), live);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("saveModel takes along how texts are split, so that a cased model stays one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const tokens = [...sources.wordPiece.tokens.slice(0, -1), "CAT"].join("\n");
    const cased = wordPieceFromVocab(tokens, { lowerCase: false });
    const changed = { ...sources, wordPiece: cased, vocabText: tokens };
    await saveModel(folder, changed, await sources.freshBackbone(0));
    const ids = (wordPiece: typeof cased) => wordPiece.encode("the CAT", null).tokenIds;
    const opened = await loadWordPiece(folder);
    assert.deepEqual(ids(opened), ids(cased));
    assert.notDeepEqual(ids(opened), ids(wordPieceFromVocab(tokens)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("saveModel ended in the middle leaves no model, although one lay there before", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const params = await sources.freshBackbone(0);
    await saveModel(folder, sources, params);
    await Deno.remove(`${folder}/model.safetensors`);
    await Deno.mkdir(`${folder}/model.safetensors/in the way`, { recursive: true });
    const planner = randomPlanner(4, 32, random(0, "planner"));
    await assert.rejects(saveModel(folder, sources, params, { planner }), {
      name: "InputError",
      message: /Cannot write .*model\.safetensors/,
    });
    assert.equal(await hasModel(folder), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
