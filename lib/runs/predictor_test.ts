import assert from "node:assert/strict";
import { liveTensors } from "../tensor/mod.ts";
import { readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import { copyFolder, type ExampleRun, trainExample, withExample } from "./example_run.ts";
import { openPredictor } from "./predictor.ts";

const sentence = "it was a good horse .";

Deno.test("openPredictor gives a trained DPBERT's label, probabilities and path for a text", async () => {
  await withExample("sst-2", async ({ paths }) => {
    const model = await openPredictor(paths.checkpoint);
    const prediction = await model.predict(sentence);
    assert(["negative", "positive"].includes(prediction.label));
    assert.equal(prediction.label, model.labels[prediction.probabilities[0] > 0.5 ? 0 : 1]);
    assert(Math.abs(prediction.probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
    assert.match(prediction.path, /^[01]{4}$/);
    assert.deepEqual([prediction.tokens, prediction.cutFrom], [8, null]);
    assert.deepEqual(await model.predict(sentence), prediction);
    assert.deepEqual(await (await openPredictor(paths.record)).predict(sentence), prediction);
    assert.deepEqual(await (await openPredictor(paths.record, { backend: "cpu" })).labels, model.labels);
  });
});

Deno.test("a predictor leaves no tensor behind, neither of a prediction nor, disposed of, of itself", async () => {
  await withExample("sst-2", async ({ paths }) => {
    const live = liveTensors();
    const model = await openPredictor(paths.checkpoint), open = liveTensors();
    for (let i = 0; i < 3; i++) await model.predict(sentence);
    assert.equal(liveTensors(), open);
    model.dispose();
    assert.equal(liveTensors(), live);
  });
});

Deno.test("a predictor cuts a text to the run's length and says so", async () => {
  await withExample("sst-2", async ({ paths }) => {
    const model = await openPredictor(paths.record); // 32 tokens
    const long = await model.predict("good ".repeat(40)), short = await model.predict("good ".repeat(30));
    assert.deepEqual([long.tokens, long.cutFrom, short.tokens, short.cutFrom], [32, 42, 32, null]);
    assert.deepEqual(long.probabilities, short.probabilities);
  });
});

Deno.test("a predictor refuses an empty sentence and the wrong number of sentences", async () => {
  const results = await Deno.makeTempDir();
  try {
    const refuse = async (task: string, texts: [string, string?][], message: RegExp) => {
      const model = await openPredictor((await trainExample(results, task, "bert")).paths.record);
      for (const text of texts) {
        await assert.rejects(model.predict(...text), { name: "InputError", message });
      }
      return model;
    };
    await refuse("sst-2", [["", undefined], ["  "]], /empty sentence/);
    await refuse("sst-2", [["a cat", "a dog"]], /SST-2 takes one sentence, found two/);
    const model = await refuse("sts-b", [["a cat"]], /STS-B takes two sentences, found one/);
    const { label, probabilities, path } = await model.predict("a cat", "a dog");
    assert.match(label, /^-?\d+\.\d{3}$/);
    assert.deepEqual([probabilities, path, model.labels], [[], "1111", []]);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

/** A copy of the run's folder that no record knows. */
async function foreignCopy({ paths, results }: ExampleRun, name: string): Promise<string> {
  await copyFolder(paths.checkpoint, `${results}/${name}`);
  return `${results}/${name}`;
}

Deno.test("openPredictor opens any BERT classifier's folder, without a planner as the full model", async () => {
  await withExample("sst-2", async (run) => {
    const folder = await foreignCopy(run, "foreign"), config = `${folder}/config.json`;
    const ours = await (await openPredictor(run.paths.record)).predict(sentence);
    assert.deepEqual(await (await openPredictor(folder)).predict(sentence), ours);
    await Deno.remove(`${folder}/planner.safetensors`);
    const json = JSON.parse(await Deno.readTextFile(config));
    delete json.id2label; // Hugging Face leaves the default out
    await Deno.writeTextFile(config, JSON.stringify(json));
    const full = await openPredictor(folder);
    assert.deepEqual(full.labels, ["LABEL_0", "LABEL_1"]);
    assert.equal((await full.predict(sentence)).path, "1111");
    assert.equal((await full.predict("good ".repeat(100))).tokens, 64); // all of its positions
  });
});

Deno.test("openPredictor names what does not fit in a folder", async () => {
  await withExample("sst-2", async (run) => {
    const broken = async (name: string, spoil: (folder: string) => Promise<void>, message: RegExp) => {
      const folder = await foreignCopy(run, name);
      await spoil(folder);
      await assert.rejects(openPredictor(folder), { name: "InputError", message });
    };
    await broken("headless", async (folder) => {
      const { tensors } = await readSafetensors(`${folder}/model.safetensors`);
      const kept = [...tensors].filter(([name]) => !name.startsWith("classifier."));
      const values = new Map(kept.map(([name, { shape, data }]) => [name, { shape, data: data! }]));
      await writeSafetensors(`${folder}/model.safetensors`, values);
    }, /BERT without a classifier/);
    await broken(
      "vocabulary",
      (folder) => Deno.writeTextFile(`${folder}/vocab.txt`, "surplus\n", { append: true }),
      /the vocabulary has \d+ tokens, config\.json says vocab_size \d+/,
    );
    const withLabels = (id2label: unknown) => async (folder: string) => {
      const json = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
      await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ ...json, id2label }));
    };
    await broken("names", withLabels({ 0: 7 }), /"id2label" is no list of names/);
    await broken(
      "three",
      withLabels(["a", "b", "c"]),
      /classifier\.weight" has shape \[2,32\], expected \[3,32\]/,
    );
    await broken(
      "json",
      (folder) => Deno.writeTextFile(`${folder}/config.json`, "{"),
      /config\.json is not JSON/,
    );
    await broken(
      "vocab.txt",
      (folder) => Deno.remove(`${folder}/vocab.txt`),
      /neither tokenizer\.json nor vocab\.txt/,
    );
  });
});

Deno.test("openPredictor names a path where nothing is", async () => {
  await assert.rejects(openPredictor("/nowhere/model"), {
    name: "InputError",
    message: /nowhere.*does not exist/,
  });
});
