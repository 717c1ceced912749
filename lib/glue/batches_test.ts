import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../errors.ts";
import { collate, evalBatchRows, trainBatches, trainBatchRows } from "./batches.ts";

/** An example of `length` tokens whose ids all are its row + 1. */
function example(length: number, row: number) {
  return {
    tokenIds: new Array(length).fill(row + 1),
    segmentIds: new Array(length).fill(1),
    label: row % 2,
    index: row,
  };
}

const encoded = (lengths: number[]) => lengths.map(example);

Deno.test("collate pads to the batch's own longest row", () => {
  const batch = collate(encoded([1, 3, 2]), [2, 0]);
  assert.deepEqual([batch.size, batch.length], [2, 2]);
  assert.deepEqual([...batch.tokenIds], [3, 3, 1, 0]);
  assert.deepEqual([...batch.segmentIds], [1, 1, 1, 0]);
  assert.deepEqual([...batch.mask], [1, 1, 1, 0]);
  assert.deepEqual([...batch.labels], [0, 0]);
  assert.deepEqual(batch.rows, [2, 0]);
  assert.deepEqual([...collate(encoded([1, 2]), [0, 1], 9).tokenIds], [1, 9, 2, 2]);
});

Deno.test("collate marks a missing label with NaN", () => {
  const [first] = encoded([2]);
  assert.ok(Number.isNaN(collate([{ ...first, label: null }], [0]).labels[0]));
});

Deno.test("evalBatchRows sorts all rows by length, ties by position", () => {
  assert.deepEqual(evalBatchRows(encoded([5, 2, 9, 2, 7]), 2), [[1, 3], [0, 4], [2]]);
});

Deno.test("trainBatchRows uses every row once, whatever the lengths", () => {
  const lengths = fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 40 }), fc.nat(5), (sizes, batchSize, epoch) => {
      const rows = trainBatchRows(encoded(sizes), { batchSize, seed: 0, epoch });
      assert.deepEqual(rows.flat().sort((p, q) => p - q), sizes.map((_, row) => row));
      assert.equal(rows.length, Math.ceil(sizes.length / batchSize));
      assert.equal(rows.filter((batch) => batch.length < batchSize).length, sizes.length % batchSize ? 1 : 0);
    }),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("trainBatches repeats an epoch and changes with epoch and seed", () => {
  const examples = encoded(Array.from({ length: 100 }, (_, row) => 2 + row % 30));
  const rows = (seed: number, epoch: number) =>
    trainBatches(examples, { batchSize: 8, seed, epoch }).map((batch) => batch.rows);
  assert.deepEqual(rows(0, 1), rows(0, 1));
  assert.notDeepEqual(rows(0, 1), rows(0, 2));
  assert.notDeepEqual(rows(0, 1), rows(1, 1));
});

Deno.test("trainBatches of one pool pads less than a tenth, and not in order of length", () => {
  const examples = encoded(Array.from({ length: 256 }, (_, row) => 10 + (row * 37) % 64));
  const batches = trainBatches(examples, { batchSize: 8, seed: 0, epoch: 0 });
  const cells = batches.reduce((sum, { size, length }) => sum + size * length, 0);
  const tokens = examples.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  assert.ok(tokens / cells > 0.9);
  const lengths = batches.map(({ length }) => length);
  assert.notDeepEqual(lengths, [...lengths].sort((p, q) => p - q));
});

Deno.test("trainBatchRows sorts inside pools of 32 batches, not over all rows", () => {
  const gaps = (n: number) => {
    const examples = encoded(Array.from({ length: n }, (_, row) => 2 + row)); // all lengths differ
    return trainBatchRows(examples, { batchSize: 2, seed: 0, epoch: 0 }).map(([p, q]) => q - p);
  };
  assert.ok(gaps(64).every((gap) => gap === 1), "one pool: every batch pairs neighbours");
  const twoPools = gaps(128);
  assert.ok(twoPools.every((gap) => gap > 0) && twoPools.some((gap) => gap > 1));
});

Deno.test("batches refuse no examples and a batch size below 1", () => {
  const isInputError = (error: Error) => error instanceof InputError;
  assert.throws(() => evalBatchRows([], 2), isInputError);
  for (const batchSize of [0, -1, 1.5, NaN]) {
    assert.throws(() => trainBatches(encoded([2]), { batchSize, seed: 0, epoch: 0 }), isInputError);
  }
});
