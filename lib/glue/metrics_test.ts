import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { accuracy, averageRanks, f1, matthews, pearson, scoreMnli, scoreTask, spearman } from "./metrics.ts";
import { taskById } from "./tasks.ts";

// Reference values: scikit-learn 1.9.1 and SciPy 1.17.1 on the same numbers.
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-9, `found ${found}, expected ${expected}`);
const bits = (text: string) => [...text].map(Number);
const isInputError = (pattern: RegExp) => (error: Error) =>
  error instanceof InputError && pattern.test(error.message);

const predicted = bits("1111111000011001010010001010011111111101");
const actual = bits("1111111100011001011011011110001111110111");
const x = [
  2.9,
  3,
  2.1,
  .8,
  1.7,
  2.6,
  2.8,
  .5,
  5,
  .7,
  4.7,
  1.5,
  5,
  1.8,
  1.1,
  2.2,
  2.3,
  4.1,
  1.7,
  .9,
  3.7,
  3.6,
  2.1,
  1.1,
];
const y = [
  3,
  3.2,
  3.4,
  .8,
  2.2,
  1.2,
  2,
  .5,
  4.8,
  1.1,
  3.4,
  1.5,
  4.4,
  3.3,
  .7,
  4.2,
  4.7,
  4.5,
  2.8,
  .7,
  1,
  4.6,
  2.8,
  .9,
];

/** The numbers the reference script drew: a linear congruence, exact in both languages. */
function congruence(n: number, seed: number): number[] {
  let state = BigInt(seed);
  return Array.from({ length: n }, () => {
    state = (state * 1103515245n + 12345n) % 2147483648n;
    return Number(state) / 2147483648;
  });
}

Deno.test("metrics of six predictions agree with a table drawn by hand", () => {
  // TP 2, FP 1, FN 1, TN 2
  const predictions = [1, 1, 1, 0, 0, 0], labels = [1, 1, 0, 1, 0, 0];
  near(accuracy(predictions, labels), 4 / 6);
  near(f1(predictions, labels), 4 / 6);
  near(matthews(predictions, labels), (2 * 2 - 1 * 1) / 9);
});

Deno.test("classification metrics equal scikit-learn's on 40 rows", () => {
  near(accuracy(predicted, actual), 0.8);
  near(f1(predicted, actual), 0.8461538461538461);
  near(matthews(predicted, actual), 0.5790660241435861);
});

Deno.test("correlations equal SciPy's on 24 rows with ties", () => {
  near(pearson(x, y), 0.698163121065852);
  near(spearman(x, y), 0.7411278207446435);
  near(pearson([1, 2, 3, 4, 5], [1, 1, 2, 5, 5]), 0.9258200997725516);
  near(spearman([1, 2, 3, 4, 5], [1, 1, 2, 5, 5]), 0.9486832980505138);
});

Deno.test("metrics equal scikit-learn's and SciPy's on 200,000 rows", () => {
  const u = congruence(200_000, 1), v = congruence(200_000, 2);
  const predictions = u.map((value) => value < 0.5 ? 1 : 0);
  const labels = u.map((value, row) => (value + v[row]) / 2 < 0.45 ? 1 : 0);
  near(accuracy(predictions, labels), 0.744735);
  near(f1(predictions, labels), 0.716996402379197);
  near(matthews(predictions, labels), 0.4977291395981604);
  const steps = u.map((value, row) => Math.floor((value + v[row]) * 10) / 10);
  near(pearson(steps, u), 0.7056657328604775);
  near(spearman(steps, u), 0.6987249638277034);
});

Deno.test("metrics of one class or of a constant are 0, never NaN", () => {
  assert.equal(matthews([1, 1, 1], [1, 0, 1]), 0);
  assert.equal(matthews([1, 0, 1], [1, 1, 1]), 0);
  assert.equal(f1([0, 0], [0, 0]), 0);
  assert.equal(f1([0, 0], [1, 0]), 0);
  assert.equal(pearson([0.1, 0.1, 0.1], [1, 2, 3]), 0);
  assert.equal(spearman([1, 2, 3], [4, 4, 4]), 0);
  assert.equal(pearson([2], [3]), 0);
});

Deno.test("averageRanks gives equal values the mean of their ranks", () => {
  assert.deepEqual(averageRanks([10, 30, 10, 20]), [1.5, 4, 1.5, 3]);
  assert.deepEqual(averageRanks([7, 7, 7]), [2, 2, 2]);
  assert.deepEqual(averageRanks([]), []);
});

Deno.test("scoreTask gives each task its components and their mean, 0-100", () => {
  const predictions = [1, 1, 1, 0, 0, 0], labels = [1, 1, 0, 1, 0, 1]; // TP 2, FP 1, FN 2, TN 1
  const mrpc = scoreTask(taskById("mrpc"), predictions, labels);
  near(mrpc.accuracy, 50);
  near(mrpc.f1, 100 * 4 / 7);
  near(mrpc.score, (50 + 400 / 7) / 2);
  assert.deepEqual(Object.keys(scoreTask(taskById("qqp"), predictions, labels)), ["accuracy", "f1", "score"]);
  assert.deepEqual(scoreTask(taskById("sst-2"), predictions, labels), { accuracy: 50, score: 50 });
  assert.deepEqual(scoreTask(taskById("cola"), predictions, labels), { matthews: 0, score: 0 });
  const sts = scoreTask(taskById("sts-b"), x, y);
  near(sts.pearson, 69.8163121065852);
  near(sts.spearman, 74.11278207446435);
  near(sts.score, (sts.pearson + sts.spearman) / 2);
});

Deno.test("scoreMnli names both dev sets and scores by the matched one", () => {
  const mnli = taskById("mnli");
  const matched = { predictions: [0, 1, 2, 2], labels: [0, 1, 2, 1] };
  const mismatched = { predictions: [0, 1], labels: [1, 1] };
  assert.deepEqual(scoreMnli(mnli, matched, mismatched), { matched: 75, mismatched: 50, score: 75 });
  assert.deepEqual(scoreTask(mnli, [2], [2]), { accuracy: 100, score: 100 });
});

Deno.test("scoreTask refuses unequal lengths, nothing, NaN, unknown classes and AX", () => {
  const rte = taskById("rte");
  assert.throws(() => scoreTask(rte, [0, 1], [0]), isInputError(/2 prediction\(s\) for 1 label/));
  assert.throws(() => scoreTask(rte, [], []), isInputError(/no predictions/));
  assert.throws(() => scoreTask(rte, [0, NaN], [0, 1]), isInputError(/prediction NaN in row 1/));
  assert.throws(
    () => scoreTask(rte, [0, 2], [0, 1]),
    isInputError(/prediction 2 in row 1.*RTE class, 0 to 1/),
  );
  assert.throws(() => scoreTask(rte, [0], [0.5]), isInputError(/label 0.5 in row 0/));
  assert.throws(() => scoreTask(taskById("ax"), [0], [0]), isInputError(/no public labels/));
  assert.throws(() => pearson([Infinity], [0]), isInputError(/prediction Infinity/));
});
