import assert from "node:assert/strict";
import { microVocabulary } from "../micro/mod.ts";
import { wordPieceFromVocab } from "../text/mod.ts";
import { pretextBatch, pretextBatches } from "./batches.ts";
import type { PretextExample } from "./examples.ts";

const wordPiece = wordPieceFromVocab(microVocabulary().join("\n") + "\n");

const masked: PretextExample = {
  kind: "order",
  tokenIds: [2, 4, 3],
  segmentIds: [0, 0, 0],
  masked: [{ at: 1, answer: 9 }],
  replaced: [],
  follows: null,
};
const judged: PretextExample = {
  kind: "order",
  tokenIds: [2, 7, 3, 8, 3],
  segmentIds: [0, 0, 0, 1, 1],
  masked: [],
  replaced: [{ at: 3, answer: 1 }],
  follows: false,
};

Deno.test("A batch pads its rows and counts the places of its questions over all of them", () => {
  const batch = pretextBatch([masked, judged]);
  assert.deepEqual([...batch.tokenIds], [2, 4, 3, 0, 0, 2, 7, 3, 8, 3]);
  assert.deepEqual([...batch.mask], [1, 1, 1, 0, 0, 1, 1, 1, 1, 1]);
  assert.deepEqual([...batch.segmentIds], [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  assert.deepEqual([[...batch.masked.places], [...batch.masked.answers]], [[1], [9]]);
  assert.deepEqual([[...batch.replaced.places], [...batch.replaced.answers]], [[8], [1]]);
  assert.deepEqual([[...batch.follows.places], [...batch.follows.answers]], [[1], [0]]);
});

Deno.test("Sixteen steps show every row of their pool once, half of them masked", () => {
  const batchAt = pretextBatches({ wordPiece, seed: 0 }, 2);
  const seen = new Set<string>();
  for (let step = 0; step < 16; step++) {
    const { examples } = batchAt(step);
    assert.deepEqual(examples.map(({ masked }) => masked.length > 0), [true, true, false, false]);
    for (const { tokenIds, masked } of examples) seen.add(`${tokenIds} ${masked.length}`);
  }
  assert.equal(seen.size, 64);
});

Deno.test("The batch of a step is the same however it is reached, so that a stopped training goes on", () => {
  const stream = { wordPiece, seed: 0 };
  const one = pretextBatches(stream, 2), other = pretextBatches(stream, 2);
  one(3);
  one(40);
  assert.deepEqual(one(17), other(17));
});
