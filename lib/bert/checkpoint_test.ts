import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { disposeTree, leaves, liveTensors, readValues, startBackend } from "../tensor/mod.ts";
import { readSafetensors } from "../tensor/safetensors.ts";
import { loadBert, readBertConfig, saveBert } from "./checkpoint.ts";
import { randomWeights, type Weights, writeFolder } from "./reference_bert.ts";

const config = {
  vocabSize: 7,
  hiddenSize: 4,
  numLayers: 2,
  numHeads: 2,
  intermediateSize: 6,
  maxPositions: 5,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

await startBackend("wasm");

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const load = (folder: string, numOutputs = 2) => loadBert(folder, numOutputs, () => 0.75);
const zeros = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) });

/** All parameters by path, as plain arrays. */
async function valuesOf(folder: string, numOutputs = 2): Promise<Record<string, number[]>> {
  const { params } = await load(folder, numOutputs);
  const values: Record<string, number[]> = {};
  for (const { path, param } of leaves(params)) values[path] = [...await readValues(param)];
  disposeTree(params);
  return values;
}

/** The weights under the names that other writers use. */
const spellings: Record<string, (weights: Weights) => Weights> = {
  "the bert. prefix": (weights) =>
    new Map([...weights].map(([name, x]) => [name.startsWith("classifier") ? name : `bert.${name}`, x])),
  "gamma and beta": (weights) =>
    new Map([...weights].map((
      [name, x],
    ) => [
      name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"),
      x,
    ])),
  "position_ids and the pre-training heads": (weights) =>
    new Map([
      ...weights,
      ["embeddings.position_ids", zeros(1, 5)],
      ["cls.predictions.bias", zeros(7)],
      ["cls.seq_relationship.weight", zeros(2, 4)],
    ]),
  "a prefixed position_ids": (weights) =>
    new Map([...weights, ["bert.embeddings.position_ids", zeros(1, 5)]]),
};

for (const [spelling, respelt] of Object.entries(spellings)) {
  Deno.test(`loadBert reads the same parameters with ${spelling}`, async () => {
    await withFolder(async (folder) => {
      const weights = randomWeights(config, 2);
      await writeFolder(folder, config, weights);
      const plain = await valuesOf(folder);
      await writeFolder(folder, config, respelt(weights));
      assert.deepEqual(await valuesOf(folder), plain);
    });
  });
}

Deno.test("loadBert puts query, key and value one below the other", async () => {
  await withFolder(async (folder) => {
    const weights = randomWeights(config, 2);
    await writeFolder(folder, config, weights);
    const expected = ["query", "key", "value"].flatMap(
      (part) => [...weights.get(`encoder.layer.1.attention.self.${part}.weight`)!.data],
    );
    assert.deepEqual((await valuesOf(folder))["layers.1.qkv.weight"], expected);
  });
});

Deno.test("loadBert draws a pooler and a classifier that the checkpoint lacks", async () => {
  await withFolder(async (folder) => {
    const weights = randomWeights(config, 2);
    for (const name of [...weights.keys()].filter((name) => /^(pooler|classifier)/.test(name))) {
      weights.delete(name);
    }
    await writeFolder(folder, config, weights);
    const values = await valuesOf(folder, 3);
    assert.deepEqual(values["classifier.bias"], [0, 0, 0]);
    assert.ok(values["pooler.weight"].every((x) => x !== 0 && Math.abs(x) <= 0.04));
  });
});

/** Changes to a good folder, and what the error must say. */
const broken: Record<string, { change(weights: Weights): void; message: RegExp }> = {
  "a missing tensor": {
    change: (weights) => weights.delete("encoder.layer.1.attention.self.key.bias"),
    message: /lacks the tensor "encoder\.layer\.1\.attention\.self\.key\.bias"/,
  },
  "a pooler without its bias": {
    change: (weights) => weights.delete("pooler.dense.bias"),
    message: /lacks the tensor "pooler\.dense\.bias"/,
  },
  "a surplus layer": {
    change: (weights) => weights.set("encoder.layer.2.output.dense.bias", zeros(4)),
    message: /"encoder\.layer\.2\.output\.dense\.bias".*2 layers/,
  },
  "a tensor under both spellings": {
    change: (weights) => weights.set("bert.pooler.dense.bias", zeros(4)),
    message: /"bert\.pooler\.dense\.bias"|"pooler\.dense\.bias"/,
  },
  "a misshaped tensor": {
    change: (weights) => weights.set("encoder.layer.0.output.dense.weight", zeros(6, 4)),
    message: /"encoder\.layer\.0\.output\.dense\.weight" has shape \[6,4\], expected \[4,6\]/,
  },
  "another number of labels": {
    change: (weights) => weights.set("classifier.weight", zeros(3, 4)),
    message: /"classifier\.weight" has shape \[3,4\], expected \[2,4\]/,
  },
  "a NaN": {
    change: (weights) => weights.get("embeddings.LayerNorm.bias")!.data[2] = NaN,
    message: /"embeddings\.LayerNorm\.bias" holds NaN at element 2/,
  },
};

for (const [what, { change, message }] of Object.entries(broken)) {
  Deno.test(`loadBert refuses ${what} by name`, async () => {
    await withFolder(async (folder) => {
      const weights = randomWeights(config, 2);
      change(weights);
      await writeFolder(folder, config, weights);
      const live = liveTensors();
      await assert.rejects(load(folder), (error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, message);
        assert.ok(error.message.includes(`${folder}/model.safetensors`));
        return true;
      });
      assert.equal(liveTensors(), live);
    });
  });
}

Deno.test("loadBert refuses a tensor of a dtype that is no weight", async () => {
  await withFolder(async (folder) => {
    await writeFolder(folder, config, randomWeights(config, 2));
    const file = `${folder}/model.safetensors`;
    const bytes = await Deno.readFile(file);
    // The same bytes, declared as 32-bit integers; the header keeps its length.
    const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(bytes.slice(8, end)).replaceAll('"F32"', '"I32"');
    bytes.set(new TextEncoder().encode(header), 8);
    await Deno.writeFile(file, bytes);
    await assert.rejects(load(folder), {
      name: "InputError",
      message: /has dtype I32, expected F32, F16 or BF16/,
    });
  });
});

Deno.test("loadBert refuses a truncated file, a folder without files and heads that do not divide", async () => {
  await withFolder(async (folder) => {
    await assert.rejects(load(folder), { name: "InputError", message: /config\.json cannot be read/ });
    await writeFolder(folder, config, randomWeights(config, 2));
    const file = `${folder}/model.safetensors`, bytes = await Deno.readFile(file);
    await Deno.writeFile(file, bytes.slice(0, bytes.length - 10));
    await assert.rejects(load(folder), { name: "InputError", message: /model\.safetensors/ });
    await Deno.remove(file);
    await assert.rejects(load(folder), { name: "InputError", message: /model\.safetensors/ });
    await writeFolder(folder, config, randomWeights(config, 2), { fields: { num_attention_heads: 3 } });
    await assert.rejects(load(folder), { name: "InputError", message: /3 does not divide hidden_size 4/ });
  });
});

Deno.test("saveBert and loadBert give back the same bytes, labels and shape", async () => {
  await withFolder(async (folder) => {
    await writeFolder(folder, config, randomWeights(config, 2));
    const { params } = await load(folder);
    const saved = `${folder}/saved`;
    await saveBert(saved, { config, params, labels: ["no", "yes"] }, "[PAD]\n");
    const again = await load(saved);
    assert.deepEqual(again.labels, ["no", "yes"]);
    assert.deepEqual(await readBertConfig(saved), config);
    assert.deepEqual(await valuesOf(saved), await valuesOf(folder));
    assert.deepEqual([...Deno.readDirSync(saved)].map(({ name }) => name).sort(), [
      "config.json",
      "model.safetensors",
      "vocab.txt",
    ]);
    const json = JSON.parse(await Deno.readTextFile(`${saved}/config.json`));
    assert.deepEqual([json.id2label, json.label2id], [{ 0: "no", 1: "yes" }, { no: 0, yes: 1 }]);
    const { tensors } = await readSafetensors(`${saved}/model.safetensors`);
    assert.ok(tensors.has("bert.encoder.layer.0.attention.self.query.weight"));
    assert.ok(tensors.has("classifier.weight"));
    assert.equal(tensors.size, 3 + 2 + 2 * 16 + 4);
    const before = await Deno.readFile(`${saved}/model.safetensors`);
    await saveBert(saved, again);
    assert.deepEqual(await Deno.readFile(`${saved}/model.safetensors`), before);
  });
});

Deno.test("saveBert into a folder that cannot be made is an InputError", async () => {
  await withFolder(async (folder) => {
    await writeFolder(folder, config, randomWeights(config, 2));
    const { params } = await load(folder);
    await Deno.writeTextFile(`${folder}/plain`, "");
    await assert.rejects(saveBert(`${folder}/plain/model`, { config, params, labels: [] }), {
      name: "InputError",
      message: /plain/,
    });
  });
});
