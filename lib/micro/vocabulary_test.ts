import assert from "node:assert/strict";
import { wordPieceFromVocab } from "../text/mod.ts";
import { microSplits, microTasks } from "./examples.ts";
import { pieced, tokenCount } from "./lexicon.ts";
import { microVocabulary } from "./vocabulary.ts";
import { inputTokens } from "./write.ts";

const wordPiece = wordPieceFromVocab(microVocabulary().join("\n") + "\n");

Deno.test("the vocabulary begins as BERT's, has every token once, and fewer than 400", () => {
  const tokens = microVocabulary();
  assert.deepEqual(tokens.slice(0, 5), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  assert.equal(new Set(tokens).size, tokens.length);
  assert.ok(tokens.length < 400, `${tokens.length}`);
});

Deno.test("words of two pieces are spelled as the lexicon says, and counted so", () => {
  for (const [word, pieces] of Object.entries(pieced)) {
    assert.deepEqual(wordPiece.tokenize(word), [...pieces]);
  }
  assert.equal(tokenCount("the seaman walked slowly ."), 7);
});

Deno.test("no example holds a word that the vocabulary lacks, and lengths are WordPiece's", () => {
  for (const task of microTasks) {
    const { train, dev } = microSplits(task, { seed: 5, rows: { train: 150, other: 150 } });
    for (const { a, b } of [...train!, ...dev!]) {
      const { tokenIds } = wordPiece.encode(a, b);
      assert.ok(!tokenIds.includes(wordPiece.unknownId), `${a} | ${b}`);
      assert.equal(tokenIds.length, inputTokens({ a, b }), `${a} | ${b}`);
    }
  }
});
