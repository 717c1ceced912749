import assert from "node:assert/strict";
import { inFolder } from "../../files/in_folder.ts";
import { readConfig } from "../../config.ts";
import { parsePrediction, taskById } from "../../glue/mod.ts";
import { microSeed, microSplits } from "../../micro/mod.ts";
import { exampleRecord, exampleTiming } from "../records/example_records.ts";
import { withExample } from "../example_run.ts";
import type { PredictionRow } from "../records/record.ts";
import { openSaved } from "./saved_model.ts";
import { writeRun } from "../records/store.ts";
import { type AskOptions, findTested, testPredictions } from "./predictions_of_test_split.ts";
import { startBackend } from "../../tensor/mod.ts";

const config = readConfig({});
const neverOpened: AskOptions = { config, open: () => assert.fail("a model was opened") };
const request = { profile: "micro", task: "mnli", method: "bert", settings: {}, seed: 0 };

/** Test rows of micro-GLUE's MNLI, all predicted as `neutral`. */
function testRows(split: "test" | "test-mm"): PredictionRow[] {
  const examples = microSplits("mnli", { seed: microSeed, rows: { train: 0 } })[split]!;
  return examples.map(({ label }, id) => ({ id, label, prediction: "neutral", path: "111111" }));
}

/** A run with a test score whose kept test predictions are these. */
async function writeTested(results: string, rows: PredictionRow[], mismatched: PredictionRow[]) {
  const scores = { matched: 33, mismatched: 33, score: 33 };
  const key = { profile: "micro", task: "mnli", method: "bert" };
  await writeRun(results, {
    record: exampleRecord({ ...key, parent: null, metrics: scores, test: scores }),
    timing: exampleTiming(key),
    predictions: [{ id: 0, label: "neutral", prediction: "neutral", path: "111111" }],
    test: { rows, mismatched },
    curve: [],
  });
}

Deno.test("testPredictions gives what a run kept of both of MNLI's test splits, without its model", async () => {
  await inFolder(async (results) => {
    await writeTested(results, testRows("test"), testRows("test-mm"));
    const run = await findTested(request, ["/nowhere", results]);
    const [matched, mismatched] = await testPredictions(run!, neverOpened);
    assert.deepEqual([matched.split, matched.rows, mismatched.split], ["test", 1000, "test-mm"]);
    assert.deepEqual(new Set([...matched.values, ...mismatched.values]), new Set([1])); // neutral
    assert.equal(mismatched.values.length, 1000);
  });
});

Deno.test("testPredictions refuses kept predictions that are not for the rows made now", async () => {
  const rows = testRows("test"), whole = testRows("test-mm");
  const other = rows.map((row) => ({ ...row, label: row.label === "neutral" ? "entailment" : "neutral" }));
  for (const [kept, mismatched] of [[rows.slice(1), whole], [other, whole], [rows, whole.slice(0, -1)]]) {
    await inFolder(async (results) => {
      await writeTested(results, kept, mismatched);
      const run = await findTested(request, [results]);
      await assert.rejects(testPredictions(run!, neverOpened), {
        name: "InputError",
        message: /predictions of bert-s0 on mnli are for other rows .* again with --fresh/,
      });
    });
  }
});

Deno.test("testPredictions asks the saved model of a run that kept none", async () => {
  await withExample("sst-2", async ({ request, results }) => {
    const run = await findTested(request, [results]), backend = await startBackend("wasm", config);
    const open: AskOptions["open"] = (saved) => openSaved(saved, backend), done: number[] = [];
    const [{ split, values, rows }, ...rest] = await testPredictions(run!, {
      config,
      open,
      onRows: (count, total) => done.push(count, total),
    });
    assert.deepEqual([split, values.length, rows, rest, done], ["test", 16, 16, [], [0, 16]]);
    for (const value of values) assert.equal(parsePrediction(taskById("sst-2"), String(value)), value);
  });
});

Deno.test("findTested says null where there is no run, and how to get back weights that are gone", async () => {
  await withExample("sst-2", async ({ request, results, paths }) => {
    assert.equal(await findTested({ ...request, seed: 1 }, [results]), null);
    await Deno.remove(paths.checkpoint, { recursive: true });
    await assert.rejects(findTested(request, [results]), {
      name: "InputError",
      message: /holds no weights\. Train it again with `deno task train .* --fresh`/,
    });
  });
});
