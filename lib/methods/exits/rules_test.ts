import assert from "node:assert/strict";
import fc from "fast-check";
import { agreement, byEntropy, byPatience, predictionEntropy } from "./rules.ts";

const close = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-9, `${found}`);

Deno.test("predictionEntropy of even odds is ln C, of 3 to 1 0.5623, of certainty 0", () => {
  close(predictionEntropy([1, 1]), Math.log(2));
  close(predictionEntropy([-2, -2, -2]), Math.log(3));
  close(predictionEntropy([Math.log(3), 0]), -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)));
  assert.equal(predictionEntropy([1000, 0]), 0);
});

Deno.test("predictionEntropy lies between 0 and ln C and does not care for a constant", () => {
  const logits = fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(logits, (values) => {
      const entropy = predictionEntropy(values);
      assert.ok(entropy >= -1e-12 && entropy <= Math.log(values.length) + 1e-12);
      close(predictionEntropy(values.map((x) => x + 7)), entropy);
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("byEntropy stops strictly below its threshold, so 0 never stops", () => {
  const stops = byEntropy(Math.log(2))();
  assert.deepEqual([stops([0, 0]), stops([0.1, 0]), byEntropy(0)()([1000, 0])], [false, true, false]);
});

/** Layers after which a rule stops, one exit's logits after the other; null: it goes to the last. */
function leavesAfter(rule: ReturnType<typeof byPatience>, logits: number[][]): number | null {
  const stops = rule(), at = logits.findIndex((own) => stops(own));
  return at < 0 ? null : at + 1;
}

Deno.test("byPatience counts agreements in a row: classes 0 0 1 1 1 leave at 2, 5 and never", () => {
  const logits = [0, 0, 1, 1, 1].map((winner) => winner ? [0, 1] : [1, 0]);
  const left = [0, 1, 2, 3].map((patience) => leavesAfter(byPatience(patience, "classification"), logits));
  assert.deepEqual(left, [null, 2, 5, null]);
});

Deno.test("byPatience of a regression takes values for equal that differ by less than its tolerance", () => {
  const values = [[1], [1 + 2 * agreement], [1 + 2.5 * agreement], [1 + 3 * agreement]];
  assert.deepEqual([1, 2].map((patience) => leavesAfter(byPatience(patience, "regression"), values)), [3, 4]);
});

Deno.test("a rule is fresh for every input", () => {
  const rule = byPatience(1, "classification"), first = rule(), second = rule();
  first([1, 0]);
  assert.deepEqual([second([1, 0]), first([1, 0])], [false, true]);
});
