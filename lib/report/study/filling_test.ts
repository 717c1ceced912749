import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import { filledFrom } from "./filling.ts";

const none = { records: [], timings: [] };
const names = ({ records }: ReturnType<typeof filledFrom>) =>
  records.map(({ task, method, seed, origin }) => [task, method, seed, origin ?? "own"].join(" "));

Deno.test("filledFrom fills a cell that has no seed here, and leaves one that has any as it is", () => {
  const own = { ...none, records: [exampleRecord({ method: "bert" })] };
  const reference = {
    ...none,
    records: [
      ...[0, 1, 2].map((seed) => exampleRecord({ method: "bert", seed, metrics: { score: 50 } })),
      ...[0, 1].map((seed) => exampleRecord({ seed })),
      exampleRecord({ task: "rte" }),
    ],
  };
  assert.deepEqual(names(filledFrom(reference, own)), [
    "mrpc bert 0 own",
    "mrpc dpbert 0 reference",
    "mrpc dpbert 1 reference",
    "rte dpbert 0 reference",
  ]);
  assert.deepEqual(reference.records.filter((record) => "origin" in record), []);
});

Deno.test("filledFrom takes a setting for a cell of its own", () => {
  const own = { ...none, records: [exampleRecord({ setting: "t0.6" })] };
  const reference = {
    ...none,
    records: [exampleRecord({ setting: "t0.6" }), exampleRecord({ setting: "t0.5" })],
  };
  assert.deepEqual(filledFrom(reference, own).records.map(({ setting, origin }) => [setting, origin]), [
    ["t0.6", undefined],
    ["t0.5", "reference"],
  ]);
});

Deno.test("filledFrom takes timings with their runs, and none of a cell's other origin", () => {
  const own = {
    records: [exampleRecord({ method: "bert" })],
    timings: [exampleTiming({ method: "bert" }), exampleTiming({ seed: 7 })], // one whose record is gone
  };
  const reference = {
    records: [exampleRecord({ method: "bert" }), exampleRecord()],
    timings: [exampleTiming({ method: "bert", seed: 1 }), exampleTiming()],
  };
  const { timings } = filledFrom(reference, own);
  assert.deepEqual(timings.map(({ method, seed, origin }) => [method, seed, origin]), [
    ["bert", 0, undefined],
    ["dpbert", 0, "reference"],
  ]);
});

Deno.test("filledFrom leaves out what was made from another BERT, or on a task run here from other data", () => {
  const other = "cd".repeat(32), weights = { name: "another", sha256: other };
  const own = { ...none, records: [exampleRecord({ method: "bert" })] };
  const filledWith = (changes: Parameters<typeof exampleRecord>[0]) =>
    filledFrom({ ...none, records: [exampleRecord(changes)] }, own).records.length - own.records.length;
  const data = { ...exampleRecord().data, sha256: { "train.tsv": other } };
  assert.equal(filledWith({}), 1);
  assert.equal(filledWith({ weights }), 0);
  assert.equal(filledWith({ data }), 0);
  assert.equal(filledWith({ data, task: "rte" }), 1); // another task has other data
  assert.equal(filledWith({ weights, task: "rte" }), 0);
});

Deno.test("filledFrom leaves nothing as nothing: without a run here there is no BERT to compare", () => {
  assert.deepEqual(filledFrom({ ...none, records: [exampleRecord()] }, none), none);
});
