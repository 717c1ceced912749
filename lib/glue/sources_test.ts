import assert from "node:assert/strict";
import { filesOf, glueSources, publicBase } from "./sources.ts";
import { taskById, tasks } from "./tasks.ts";

Deno.test("glueSources pins every file of every task, each below one base, 376,169,247 bytes in all", () => {
  const files = tasks.flatMap(({ id }) => glueSources[id].files);
  assert.equal(files.length, 12);
  assert.equal(new Set(files.map(({ sha256 }) => sha256)).size, 12);
  assert.ok(files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
  assert.ok(files.every(({ path }) => new URL(path, `${publicBase}/`).href === `${publicBase}/${path}`));
  assert.equal(files.reduce((bytes, { size }) => bytes + size, 0), 376_169_247);
});

Deno.test("filesOf names MNLI's five files", () => {
  assert.deepEqual(filesOf(taskById("mnli")).sort(), [
    "dev_matched.tsv",
    "dev_mismatched.tsv",
    "test_matched.tsv",
    "test_mismatched.tsv",
    "train.tsv",
  ]);
});
