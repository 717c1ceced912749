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

Deno.test("A judged row asks about every token of its last part, and about no other; about none where none tells", () => {
  for (const row of rows) {
    const { a, b, replaced } = judgedRow(row, stream), example = judgedExample(row, stream);
    if (replaced === null) {
      assert.deepEqual(example.replaced, []);
      continue;
    }
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

Deno.test("8 % of a first part are asked for, 40 % of a second and 30 % of an only one; four fifths behind [MASK]", () => {
  const shares = { first: [0, 0], second: [0, 0], only: [0, 0], hidden: [0, 0] };
  const add = (name: keyof typeof shares, isRight: boolean) => {
    shares[name] = [shares[name][0] + Number(isRight), shares[name][1] + 1];
  };
  for (const row of rows) {
    const { tokenIds, segmentIds, masked } = maskedExample(row, stream);
    const asked = new Set(masked.map(({ at }) => at));
    const isPair = segmentIds.includes(1);
    tokenIds.forEach((id, at) => {
      if (id === wordPiece.clsId || id === wordPiece.sepId) return;
      add(isPair ? segmentIds[at] ? "second" : "first" : "only", asked.has(at));
      if (asked.has(at)) add("hidden", id === wordPiece.maskId);
    });
  }
  const expected = { first: 0.08, second: 0.4, only: 0.3, hidden: 0.8 };
  for (const [name, [right, all]] of Object.entries(shares)) {
    const wanted = expected[name as keyof typeof shares];
    assert.ok(Math.abs(right / all - wanted) < 0.04, `${name}: ${right} of ${all}`);
  }
});

Deno.test("A row depends on its number and seed alone", () => {
  assert.deepEqual(maskedExample(7, stream), maskedExample(7, stream));
  assert.notDeepEqual(maskedExample(7, stream), maskedExample(7, { ...stream, seed: 4 }));
});
