import assert from "node:assert/strict";
import { loadVocabulary } from "./vocabulary.ts";

const config = { vocabSize: 6 };
const tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cat", "dog"];

async function load(files: Record<string, string>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    return await loadVocabulary(folder, config);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const tokenizerJson = (vocab: Record<string, number>) =>
  JSON.stringify({ model: { type: "WordPiece", vocab }, normalizer: { type: "BertNormalizer" } });
const numbered = (list: string[]) => Object.fromEntries(list.map((token, id) => [token, id]));

Deno.test("loadVocabulary gives the tokenizer and the text, with fewer tokens than embeddings too", async () => {
  const text = tokens.slice(0, 5).join("\r\n") + "\r\n";
  const { wordPiece, vocabText } = await load({ "vocab.txt": text });
  assert.deepEqual(wordPiece.encode("cat", null).tokenIds, [2, 4, 3]);
  assert.equal(vocabText, text);
  const both = { "vocab.txt": tokens.join("\n"), "tokenizer.json": tokenizerJson(numbered(tokens)) };
  assert.equal((await load(both)).wordPiece.vocabSize, 6);
});

Deno.test("loadVocabulary refuses tokens without an embedding and two numberings", async () => {
  await assert.rejects(load({ "vocab.txt": [...tokens, "bird"].join("\n") }), {
    name: "InputError",
    message: /the vocabulary has 7 tokens, config\.json says vocab_size 6/,
  });
  const swapped = numbered([...tokens.slice(0, 4), "dog", "cat"]);
  await assert.rejects(load({ "vocab.txt": tokens.join("\n"), "tokenizer.json": tokenizerJson(swapped) }), {
    name: "InputError",
    message: /vocab\.txt and tokenizer\.json give different tokens the id 4/,
  });
  await assert.rejects(load({}), { name: "InputError", message: /vocab\.txt cannot be read/ });
});
