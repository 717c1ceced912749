import assert from "node:assert/strict";
import { unzipSync, zipSync } from "fflate";
import { InputError } from "../errors.ts";
import {
  checkSubmission,
  isFiller,
  type LeaderboardFile,
  leaderboardFiles,
  submissionZip,
} from "./submission.ts";

const isInputError = (pattern: RegExp) => (error: Error) =>
  error instanceof InputError && pattern.test(error.message);

/** Two predictions for every file that needs some: class 1, then class 0 (STS-B: 2.5 and 0). */
const twoEach = new Map(
  leaderboardFiles.map(({ name, task }) => [name, task.kind === "regression" ? [2.5, 0] : [1, 0]] as const),
);
const rows = (file: LeaderboardFile) => !isFiller(file) ? 2 : file.task.id === "ax" ? 1104 : 146;

const textOf = (zip: Uint8Array, name: string) => new TextDecoder().decode(unzipSync(zip)[name]);

/** The zip of `twoEach` with entries changed or left out. */
const changedZip = (change: (entries: Record<string, Uint8Array>) => void) => {
  const entries = unzipSync(submissionZip(twoEach));
  change(entries);
  return zipSync(entries);
};
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("submissionZip packs the eleven files with the labels of their tasks", () => {
  const zip = submissionZip(twoEach);
  assert.equal(Object.keys(unzipSync(zip)).length, 11);
  assert.equal(textOf(zip, "MNLI-mm.tsv"), "index\tprediction\n0\tneutral\n1\tentailment\n");
  assert.equal(textOf(zip, "STS-B.tsv"), "index\tprediction\n0\t2.500\n1\t0.000\n");
  assert.equal(textOf(zip, "CoLA.tsv"), "index\tprediction\n0\t1\n1\t0\n");
  checkSubmission(zip, "x.zip", rows);
});

Deno.test("submissionZip fills WNLI and AX with one label for all rows, and says so in the zip", () => {
  const zip = submissionZip(twoEach), text = new TextDecoder("latin1").decode(zip);
  const [header, first, ...rest] = textOf(zip, "WNLI.tsv").trimEnd().split("\n");
  assert.deepEqual([header, first, rest.length], ["index\tprediction", "0\t0", 145]);
  assert.ok(textOf(zip, "AX.tsv").endsWith("\n1103\tentailment\n"));
  assert.equal(text.split("a filler, no prediction: every row is").length - 1, 2);
});

Deno.test("submissionZip gives the same bytes for the same predictions", () => {
  assert.deepEqual(submissionZip(twoEach), submissionZip(new Map([...twoEach].reverse())));
});

Deno.test("submissionZip refuses a file without predictions, and a value that is no label", () => {
  const without = new Map(twoEach), strange = new Map(twoEach).set("RTE.tsv", [2, 0]);
  without.delete("QQP.tsv");
  assert.throws(() => submissionZip(without), isInputError(/no predictions for QQP\.tsv/));
  assert.throws(() => submissionZip(strange), isInputError(/RTE class 2; expected 0 to 1/));
});

Deno.test("checkSubmission names the file with a wrong number of rows, header, index or label", () => {
  const refused: [string, string, RegExp][] = [
    [
      "CoLA.tsv",
      "index\tprediction\n0\t1\n",
      /x\.zip: CoLA\.tsv has 1 rows; expected 2, .*CoLA's test split/,
    ],
    ["QNLI.tsv", "0\tentailment\n1\tentailment\n", /QNLI\.tsv line 1: found header "0, entailment"/],
    ["MNLI-mm.tsv", "index\tprediction\n2\tneutral\n3\tneutral\n", /line 2: found index "2", expected 0/],
    [
      "SST-2.tsv",
      "index\tprediction\n0\tpositive\n1\t0\n",
      /found SST-2 label "positive", expected one of 0, 1/,
    ],
    [
      "STS-B.tsv",
      "index\tprediction\n0\t5.1\n1\t0\n",
      /found STS-B score "5\.1", expected a number from 0 to 5/,
    ],
  ];
  for (const [name, text, message] of refused) {
    const zip = changedZip((entries) => entries[name] = bytes(text));
    assert.throws(() => checkSubmission(zip, "x.zip", rows), isInputError(message));
  }
});

Deno.test("checkSubmission refuses a zip that lacks a file or holds another one", () => {
  const lacking = changedZip((entries) => delete entries["AX.tsv"]);
  const more = changedZip((entries) => entries["README.txt"] = bytes("hello"));
  assert.throws(() => checkSubmission(lacking, "x.zip", rows), isInputError(/x\.zip lacks AX\.tsv/));
  assert.throws(
    () => checkSubmission(more, "x.zip", rows),
    isInputError(/holds README\.txt; expected .*nothing else/),
  );
});
