import assert from "node:assert/strict";
import { judgedRow, microVocabulary, trueRow } from "../micro/mod.ts";
import { wordPieceFromVocab } from "../text/mod.ts";
import { judgedExample, maskedExample } from "./examples.ts";

const wordPiece = wordPieceFromVocab(microVocabulary().join("\n") + "\n");
const stream = { wordPiece, seed: 3 };
const rows = Array.from({ length: 300 }, (_, row) => row);

Deno.test("A judged row is spelled as the tokenizer spells it, nothing masked", () => {
  for (const row of rows) {
    const { a, b } = judgedRow(row, stream), example = judgedExample(row, stream);
    const { tokenIds, segmentIds } = wordPiece.encode(a, b);
    assert.deepEqual(example.tokenIds, tokenIds);
    assert.deepEqual(example.segmentIds, segmentIds);
    assert.ok(!tokenIds.includes(wordPiece.maskId!));
    assert.deepEqual(example.masked, []);
  }
});

Deno.test("A judged row asks about every token of its last part, and about no other", () => {
  for (const row of rows) {
    const { a, b, replaced } = judgedRow(row, stream), example = judgedExample(row, stream);
    const last = wordPiece.tokenize(b ?? a), from = b === null ? 1 : wordPiece.tokenize(a).length + 2;
    assert.deepEqual(example.replaced.map(({ at }) => at), last.map((_, at) => from + at));
    // Both pieces of a word that is spelled in two have its answer.
    const words = (b ?? a).split(" ").flatMap((word, at) => wordPiece.tokenize(word).map(() => replaced[at]));
    assert.deepEqual(example.replaced.map(({ answer }) => answer === 1), words);
  }
});

Deno.test("The answers of a masked row put its text back together", () => {
  for (const row of rows) {
    const { a, b } = trueRow(row, stream), { tokenIds, masked } = maskedExample(row, stream);
    const restored = [...tokenIds];
    for (const { at, answer } of masked) restored[at] = answer;
    assert.deepEqual(restored, wordPiece.encode(a, b).tokenIds);
  }
});

Deno.test("About 15 % of a first part and 30 % of a second one are asked for, four fifths behind [MASK]", () => {
  let first = [0, 0], second = [0, 0], hidden = [0, 0];
  const add = ([right, all]: number[], isRight: boolean) => [right + Number(isRight), all + 1];
  for (const row of rows) {
    const { tokenIds, segmentIds, masked } = maskedExample(row, stream);
    const asked = new Set(masked.map(({ at }) => at));
    tokenIds.forEach((id, at) => {
      if (id === wordPiece.clsId || id === wordPiece.sepId) return;
      if (segmentIds[at]) second = add(second, asked.has(at));
      else first = add(first, asked.has(at));
      if (asked.has(at)) hidden = add(hidden, id === wordPiece.maskId);
    });
  }
  const share = ([right, all]: number[]) => right / all;
  assert.ok(Math.abs(share(first) - 0.15) < 0.02, `first ${share(first)}`);
  assert.ok(Math.abs(share(second) - 0.3) < 0.03, `second ${share(second)}`);
  assert.ok(Math.abs(share(hidden) - 0.8) < 0.03, `hidden ${share(hidden)}`);
});

Deno.test("A row depends on its number and seed alone", () => {
  assert.deepEqual(maskedExample(7, stream), maskedExample(7, stream));
  assert.notDeepEqual(maskedExample(7, stream), maskedExample(7, { ...stream, seed: 4 }));
});
