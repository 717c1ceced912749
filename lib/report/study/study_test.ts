import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import type { RunKey } from "../../runs/records/record.ts";
import { writeRun } from "../../runs/records/store.ts";
import { readStudy, recordsOf, timingsOf } from "./study.ts";

type Changes = Partial<Pick<RunKey, "task" | "method" | "seed">>;

/** Writes runs of one row each, whose predictions are `prediction`, and which took 10 steps, or 11 where that is 1. */
async function writeRuns(results: string, prediction: string, runs: Changes[]): Promise<void> {
  const predictions = [{ id: 0, label: "1", prediction, path: "111101" }];
  for (const changes of runs) {
    const [record, timing] = [exampleRecord(changes), exampleTiming(changes)];
    const curve = [{ stage: "stage1", step: 10 + Number(prediction), loss: 0.5 }];
    await writeRun(results, { record, timing, predictions, curve });
  }
}

async function withStores(use: (own: string, reference: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir(), own = `${root}/local`, reference = `${root}/results`;
  try {
    await writeRuns(own, "1", [{ method: "bert" }]);
    await writeRuns(reference, "0", [{ method: "bert" }, { method: "bert", seed: 1 }, {}, { task: "rte" }]);
    await use(own, reference);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("readStudy fills cells without a run from the reference, their rows, steps and timings too", () =>
  withStores(async (own, reference) => {
    const study = await readStudy(own, "glue", reference), records = recordsOf(study);
    const shown = records.map((record) => {
      const { task, method, seed, origin } = record, [{ prediction }] = study.rows.get(record)!;
      return [task, method, seed, origin ?? "own", prediction, study.steps.get(record)].join(" ");
    });
    assert.deepEqual(shown, [
      "mrpc bert 0 own 1 11",
      "mrpc dpbert 0 reference 0 10",
      "rte dpbert 0 reference 0 10",
    ]);
    const timings = timingsOf(study).map(({ task, method, origin }) =>
      [task, method, origin ?? "own"].join(" ")
    );
    assert.deepEqual(timings, ["mrpc bert own", "mrpc dpbert reference", "rte dpbert reference"]);
  }));

Deno.test("readStudy leaves the reference itself, and a study without one, as it is", () =>
  withStores(async (own, reference) => {
    const ofReference = recordsOf(await readStudy(reference, "glue", `${reference}/../results`));
    assert.deepEqual(ofReference.map(({ origin }) => origin), [undefined, undefined, undefined, undefined]);
    assert.equal(recordsOf(await readStudy(own, "glue")).length, 1);
  }));
