import assert from "node:assert/strict";
import { join } from "node:path";
import { randomBert, saveBert } from "../../bert/mod.ts";
import { taskById } from "../../glue/mod.ts";
import { microSeed, microSplits, microVocabulary } from "../../micro/mod.ts";
import { disposeTree, random, startBackend } from "../../tensor/mod.ts";
import { microBackbone, microSources } from "./micro.ts";
import { smokeConfig } from "./smoke.ts";
import { labelledSplit, openSources } from "./task_data.ts";
import { readConfig } from "../../config.ts";

await startBackend("wasm");

/** A folder with a BERT of random weights and this vocabulary. */
async function withBert(vocabulary: string[], work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir(), config = smokeConfig(vocabulary.length);
  const params = randomBert(config, 2, random(0, "test"));
  try {
    await saveBert(folder, { config, params, labels: ["no", "yes"] }, vocabulary.join("\n") + "\n");
    await work(folder);
  } finally {
    disposeTree(params);
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("microSources reads the generated rows: labels in train and dev, none in test", () =>
  withBert(microVocabulary(), async (bertDir) => {
    const { split, weights, wordPiece } = await microSources(taskById("rte"), { bertDir });
    const generated = microSplits("rte", { seed: microSeed });
    const train = await split("train"), test = await split("test");
    assert.deepEqual(
      train.examples.map(({ a, b, labelText }) => ({ a, b, labelText })),
      generated.train!.map(({ a, b, label }) => ({ a, b, labelText: label })),
    );
    assert.deepEqual([test.examples.length, test.examples[7].label, test.warnings], [1000, null, []]);
    assert.equal(weights.name, "custom");
    // [CLS], ten facts of four tokens, [SEP], one fact, [SEP]; no word is unknown
    const { tokenIds } = wordPiece.encode(train.examples[0].a, train.examples[0].b);
    assert.deepEqual([tokenIds.length, tokenIds.includes(wordPiece.tokens.indexOf("[UNK]"))], [47, false]);
    await assert.rejects(async () => await split("dev-mm"), { name: "InputError" });
  }));

Deno.test("labelledSplit gives micro's test rows their answers, and smoke's none", () =>
  withBert(microVocabulary(), async (bertDir) => {
    const sources = await microSources(taskById("rte"), { bertDir });
    const { examples } = (await labelledSplit(sources, "test"))!;
    const generated = microSplits("rte", { seed: microSeed }).test!;
    assert.deepEqual(examples.map(({ labelText }) => labelText), generated.map(({ label }) => label));
    assert.deepEqual([...new Set(examples.map(({ label }) => label))].sort(), [0, 1]);
    assert.deepEqual(await labelledSplit(sources, "dev"), await sources.split("dev"));
    const smoke = await openSources("smoke", "rte", readConfig({}));
    assert.equal(await labelledSplit(smoke, "test"), null);
  }));

Deno.test("openSources gives the micro profile the same rows each time, by their sums", () =>
  withBert(microVocabulary(), async (folder) => {
    const sum = async () => {
      const { split } = await openSources("micro", "mrpc", readConfig({ DPB_BERT_DIR: folder }));
      return (await split("dev")).sha256;
    };
    assert.equal(await sum(), await sum());
  }));

Deno.test("microBackbone refuses another vocabulary, naming the first token that differs", async () => {
  const [first, second, ...rest] = microVocabulary();
  for (
    const [vocabulary, message] of [
      [[first, second, ...rest, "extra"], /token 280 is "extra", expected nothing/],
      [[first, second, ...rest.slice(0, -1)], /token 279 is nothing, expected "##happy"/],
    ] as const
  ) {
    await withBert([...vocabulary], async (bertDir) => {
      await assert.rejects(microBackbone({ bertDir }), { name: "InputError", message });
    });
  }
});

Deno.test("microBackbone says what is missing and what makes it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(microBackbone({ bertDir: null }, folder), {
      name: "InputError",
      message: /has no config\.json.*deno task pretrain/,
    });
    await Deno.writeTextFile(join(folder, "config.json"), "{}");
    await assert.rejects(microBackbone({ bertDir: folder }), {
      message: /no vocab\.txt.*Unset DPB_BERT_DIR/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
