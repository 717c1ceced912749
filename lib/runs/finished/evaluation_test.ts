import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { startBackend } from "../../tensor/mod.ts";
import { evaluateRows, readRows, recordDifference, type RowsWanted } from "./evaluation.ts";
import { type ExampleRun, trainExample, withExample } from "../example_run.ts";
import type { RunRecord } from "../records/record.ts";
import { openSaved } from "./saved_model.ts";

const config = readConfig({});
const backend = await startBackend("wasm", { blas: Deno.env.get("DPB_BLAS") ?? "auto" });

/** What the run's model makes of a split. */
async function evaluated(
  { paths, record }: ExampleRun,
  wanted: RowsWanted,
  known: RunRecord | null = record,
) {
  const rows = await readRows(wanted, known, config);
  const model = await openSaved({ folder: paths.checkpoint, record }, backend);
  return { rows, result: await evaluateRows(model, rows) };
}

Deno.test("a saved model's scores and paths on dev are its record's, to the last digit", async () => {
  const results = await Deno.makeTempDir();
  try {
    for (const task of ["sst-2", "sts-b", "mnli"]) {
      const run = await trainExample(results, task), { record } = run;
      const { rows, result } = await evaluated(run, { split: "dev" });
      assert.deepEqual(result.path, record.path);
      const { mismatched, ...metrics } = record.metrics;
      assert.deepEqual(result.metrics, metrics);
      assert.deepEqual([rows.warnings, recordDifference(rows, result, record)], [[], null]);
      if (task !== "mnli") continue;
      const second = await evaluated(run, { split: "dev-mm" });
      assert.deepEqual(second.result.metrics, { mismatched, score: mismatched });
      assert.equal(recordDifference(second.rows, second.result, record), null);
    }
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

Deno.test("other rows than the record's are a warning, other scores on its rows a difference", async () => {
  await withExample("sst-2", async (run) => {
    const { rows, result } = await evaluated(run, { split: "dev" });
    const sha256 = { ...run.record.data.sha256, "dev.tsv": "0".repeat(64) };
    const other = { ...run.record, data: { ...run.record.data, sha256 } };
    assert.match(
      (await readRows({ split: "dev" }, other, config)).warnings[0],
      /SST-2\/dev\.tsv is not the file/,
    );
    assert.equal(recordDifference(rows, result, other), null);
    const better = { ...run.record, metrics: { accuracy: 101, score: 101 } };
    assert.match(recordDifference(rows, result, better)!, /record says accuracy 101, this is \d/);
  });
});

Deno.test("a split without labels has predictions and no scores; train has both", async () => {
  await withExample("sst-2", async (run) => {
    const test = await evaluated(run, { split: "test" });
    assert.deepEqual([test.rows.labelled, test.result.metrics, test.result.predictions.length], [
      false,
      null,
      16,
    ]);
    const train = await evaluated(run, { split: "train" });
    assert.deepEqual(Object.keys(train.result.metrics!), ["accuracy", "score"]);
    assert.equal(recordDifference(train.rows, train.result, run.record), null);
  });
});

Deno.test("readRows and evaluateRows refuse what does not fit, and say so", async () => {
  await withExample("sst-2", async (run) => {
    const refused = (wanted: RowsWanted, record: RunRecord | null, message: RegExp) =>
      assert.rejects(evaluated(run, wanted, record), { name: "InputError", message });
    await refused({ split: "devv" }, run.record, /SST-2 has no split "devv"; it has train, dev, test/);
    await refused({ split: "dev", task: "foo" }, run.record, /Unknown task "foo"/);
    await refused({ split: "dev" }, null, /no record that names its task.*--task/);
    const nowhere = { glueDir: "/nowhere" };
    await refused({ split: "dev", task: "sst-2", ...nowhere }, null, /"\/nowhere", which does not exist/);
    await refused(
      { split: "dev", task: "mrpc" },
      run.record,
      /answers negative, positive; MRPC expects not_equiv/,
    );
    await refused(
      { split: "dev", task: "sts-b" },
      run.record,
      /answers negative, positive; STS-B expects one number/,
    );
  });
});

Deno.test("evaluateRows takes nameless classes, and one task's model for another of the same classes", async () => {
  await withExample("qnli", async (run) => {
    const rte = await readRows({ split: "dev", task: "rte" }, run.record, config);
    const model = await openSaved({ folder: run.paths.checkpoint, record: run.record }, backend);
    const { metrics } = await evaluateRows(model, rte);
    assert.deepEqual(
      await evaluateRows({ ...model, labels: ["LABEL_0", "LABEL_1"] }, rte),
      await evaluateRows(model, rte),
    );
    assert.deepEqual(Object.keys(metrics!), ["accuracy", "score"]);
    assert.equal(recordDifference(rte, await evaluateRows(model, rte), run.record), null);
    const seen: number[] = [];
    await evaluateRows(model, rte, (done) => seen.push(done));
    assert.deepEqual(seen, [0]); // 32 rows are one batch
    await assert.rejects(
      evaluateRows({ ...model, labels: ["not_entailment", "entailment"] }, rte),
      /RTE expects entail/,
    );
  });
});
