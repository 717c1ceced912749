import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { formatPrediction, leaderboardText, parseLeaderboard, parsePrediction } from "./predictions.ts";
import { taskById } from "./tasks.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const isInputError = (pattern: RegExp) => (error: Error) =>
  error instanceof InputError && pattern.test(error.message);

Deno.test("formatPrediction writes the label column's strings", () => {
  assert.equal(formatPrediction(taskById("mrpc"), 1), "1");
  assert.equal(formatPrediction(taskById("rte"), 1), "not_entailment");
  assert.equal(formatPrediction(taskById("mnli"), 2), "contradiction");
});

Deno.test("formatPrediction clips a regression to 0..5 and keeps three decimals", () => {
  const stsb = taskById("sts-b");
  const cases: [number, string][] = [[2.5, "2.500"], [-0.0001, "0.000"], [5.2, "5.000"], [1.23456, "1.235"]];
  for (const [value, expected] of cases) assert.equal(formatPrediction(stsb, value), expected);
  assert.equal(parsePrediction(stsb, "1.235"), 1.235);
});

Deno.test("formatPrediction and parsePrediction refuse what is no class and no score", () => {
  assert.throws(() => formatPrediction(taskById("rte"), 2), isInputError(/RTE class 2; expected 0 to 1/));
  assert.throws(() => formatPrediction(taskById("rte"), 0.5), isInputError(/RTE class 0.5/));
  assert.throws(() => formatPrediction(taskById("sts-b"), NaN), isInputError(/NaN/));
  assert.throws(() => parsePrediction(taskById("cola"), "acceptable"), isInputError(/"acceptable".*0, 1/));
  assert.throws(() => parsePrediction(taskById("sts-b"), "5.5"), isInputError(/"5.5"/));
});

Deno.test("leaderboardText and parseLeaderboard are each other's inverse", () => {
  const qnli = taskById("qnli");
  const text = leaderboardText(qnli, [1, 0]);
  assert.equal(text, "index\tprediction\n0\tnot_entailment\n1\tentailment\n");
  assert.deepEqual(parseLeaderboard(qnli, bytes(text), "QNLI.tsv"), [1, 0]);
});

Deno.test("parseLeaderboard names file, line, found and expected", () => {
  const read = (text: string) => () => parseLeaderboard(taskById("rte"), bytes(text), "RTE.tsv");
  assert.throws(read(""), isInputError(/RTE.tsv line 1: found header "", expected "index, prediction"/));
  assert.throws(read("0\tentailment\n"), isInputError(/found header "0, entailment"/));
  assert.throws(
    read("index\tprediction\n1\tentailment\n"),
    isInputError(/line 2: found index "1", expected 0/),
  );
  assert.throws(read("index\tprediction\n0\n"), isInputError(/line 2: found 1 column/));
  assert.throws(read("index\tprediction\n0\tyes\n"), isInputError(/line 2: found RTE label "yes"/));
});
