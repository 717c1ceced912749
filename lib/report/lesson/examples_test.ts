import assert from "node:assert/strict";
import { bothGluesTable, examplesTable } from "./examples.ts";

Deno.test("examplesTable names classes where the file has only their numbers, and shows a pair in two columns", () => {
  const row = { level: 1, hard: "a clause", a: "x .", b: "y ." };
  const { columns, rows } = examplesTable("mrpc", [{ ...row, label: "1" }]);
  assert.equal(columns.length, 5);
  assert.deepEqual(rows, [["1", "x .", "y .", "1, equivalent", "a clause"]]);
  assert.equal(examplesTable("rte", [{ ...row, label: "entailment" }]).rows[0][3], "entailment");
  assert.equal(examplesTable("sts-b", [{ ...row, label: "3.2" }]).rows[0][3], "3.2");
  assert.deepEqual(examplesTable("sst-2", [{ ...row, b: null, label: "0" }]).rows, [
    ["1", "x .", "0, negative", "a clause"],
  ]);
});

Deno.test("bothGluesTable has two rows for a task that both have and none for another", () => {
  const generated = { a: "x .", b: "y .", label: "entailment" };
  const real = { a: "p", b: "q", label: "not_entailment" };
  const { rows } = bothGluesTable([{ task: "rte", generated, real }, {
    task: "mnli",
    generated,
    real: null,
  }]);
  assert.deepEqual(rows, [
    ["RTE", "micro", "x . / y .", "entailment"],
    ["RTE", "yours", "p / q", "not_entailment"],
  ]);
});
