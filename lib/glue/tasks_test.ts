import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { splitFile, submissionTasks, taskById, tasks } from "./tasks.ts";

Deno.test("tasks have GLUE's class order, positions inside the columns, and a label per class name", () => {
  assert.deepEqual(taskById("mnli").labels, ["entailment", "neutral", "contradiction"]);
  assert.deepEqual(taskById("rte").labels, ["entailment", "not_entailment"]);
  assert.deepEqual(taskById("wnli").classNames, ["not_entailment", "entailment"]);
  for (const task of tasks) {
    assert.equal(task.labels.length, task.classNames.length);
    assert.equal(task.kind === "regression", task.labels.length === 0);
    for (const split of Object.values(task.splits)) {
      for (const column of [split.a, split.b ?? 0, split.label ?? 0, split.index ?? 0]) {
        assert.ok(column >= 0 && column < split.columns.length, `${task.id} ${split.file}`);
      }
      assert.equal(split.b === null, !task.pair);
    }
  }
});

Deno.test("tasks count GLUE's rows: 949,733 to train on, 69,711 to develop on, WNLI included", () => {
  const rows = (name: "train" | "dev" | "dev-mm") =>
    tasks.reduce((sum, task) => sum + (task.splits[name]?.rows ?? 0), 0);
  assert.equal(rows("train"), 8551 + 67349 + 3668 + 5749 + 363846 + 392702 + 104743 + 2490 + 635);
  assert.equal(rows("train"), 949_733);
  assert.equal(rows("dev") + rows("dev-mm"), 69_711);
});

Deno.test("splitFile finds MNLI's label in the last column of both shapes", () => {
  const mnli = taskById("mnli");
  assert.equal(splitFile(mnli, "train").label, 11);
  assert.equal(splitFile(mnli, "dev-mm").label, 15);
  for (const name of ["train", "dev"] as const) {
    const { columns, label } = splitFile(mnli, name);
    assert.equal(columns.length - 1, label);
    assert.equal(columns[label!], "gold_label");
  }
});

Deno.test("submissionTasks fill the leaderboard's eleven files", () => {
  const files = submissionTasks.flatMap((task) => Object.values(task.submissionFiles));
  const names = ["CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI-m", "MNLI-mm", "QNLI", "RTE", "WNLI", "AX"];
  assert.deepEqual(files, names.map((name) => `${name}.tsv`));
});

Deno.test("taskById and splitFile say what there is", () => {
  assert.throws(() => taskById("MRPC"), (error: Error) => {
    return error instanceof InputError && /"MRPC".*cola, sst-2, mrpc/.test(error.message);
  });
  assert.throws(() => splitFile(taskById("rte"), "dev-mm"), (error: Error) => {
    return error instanceof InputError && /RTE has no split "dev-mm".*train, dev, test/.test(error.message);
  });
});
