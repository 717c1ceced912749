import assert from "node:assert/strict";
import { microDev } from "../../micro/mod.ts";
import { exampleRecord, exampleTiming } from "./example_records.ts";
import { readGraded } from "./graded.ts";
import type { PredictionRow, RunRecord } from "./record.ts";
import { readRecords, writeRun } from "./store.ts";

const key = { profile: "micro", task: "rte", method: "bert", setting: "" };
const dev = microDev("rte");
const right: PredictionRow[] = dev.examples.map(({ label }, id) => ({
  id,
  label,
  prediction: label,
  path: "111111",
}));

/** Writes a run on RTE's dev rows and reads it back with their difficulty. */
async function graded(changes: Partial<RunRecord>, predictions = right) {
  const results = await Deno.makeTempDir();
  try {
    const data = { sha256: { "dev.tsv": dev.sha256 }, rows: { "dev.tsv": 1000 }, warnings: [] };
    const record = exampleRecord({ ...key, parent: null, data, ...changes });
    const timing = exampleTiming({ ...key, task: record.task });
    await writeRun(results, { record, timing, predictions, curve: [] });
    return await readGraded(results, await readRecords(results, record.profile));
  } finally {
    await Deno.remove(results, { recursive: true });
  }
}

Deno.test("readGraded gives every dev row its level and its length", async () => {
  const [{ record, rows }] = await graded({});
  assert.deepEqual([record.task, rows.length], ["rte", 1000]);
  assert.deepEqual(rows.map(({ level }) => level), dev.examples.map(({ level }) => level));
  assert.deepEqual([...new Set(rows.map(({ tokens }) => tokens))], [47]); // [CLS], 10 facts, [SEP], a fact, [SEP]
});

Deno.test("readGraded knows MNLI's dev rows by the name that their file has", async () => {
  const { examples, sha256 } = microDev("mnli");
  const predictions = examples.map(({ label }, id) => ({ id, label, prediction: label, path: "111111" }));
  const data = { sha256: { "dev_matched.tsv": sha256 }, rows: { "dev_matched.tsv": 1000 }, warnings: [] };
  const [{ rows }] = await graded({ task: "mnli", data }, predictions);
  assert.deepEqual(rows.map(({ level }) => level), examples.map(({ level }) => level));
});

Deno.test("readGraded refuses a run on other rows than the generators make now", async () => {
  const other = { sha256: { "dev.tsv": "ab".repeat(32) }, rows: { "dev.tsv": 1000 }, warnings: [] };
  const refused = { name: "InputError", message: /rte bert, seed 0, is of other dev rows.*--fresh/ };
  await assert.rejects(graded({ data: other }), refused);
  await assert.rejects(graded({}, right.slice(1)), refused);
});
