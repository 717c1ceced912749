import assert from "node:assert/strict";
import { floatTensor, read, startBackend } from "../tensor/mod.ts";
import { taskLoss } from "./loss.ts";

const { ops } = await startBackend("cpu");

Deno.test("taskLoss of classes is -log of the label's probability, per example", async () => {
  const logits = floatTensor([0, 0, Math.log(3), 0], [2, 2]);
  const losses = await read(taskLoss(ops, "classification", logits, floatTensor([1, 0], [2])));
  assert.ok(Math.abs(losses[0] - Math.log(2)) < 1e-6 && Math.abs(losses[1] - Math.log(4 / 3)) < 1e-6);
});

Deno.test("taskLoss of scores is the squared error, per example", async () => {
  const losses = await read(
    taskLoss(ops, "regression", floatTensor([1, 4], [2, 1]), floatTensor([3, 3.5], [2])),
  );
  assert.deepEqual([...losses], [4, 0.25]);
});
