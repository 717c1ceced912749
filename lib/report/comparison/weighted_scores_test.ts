import assert from "node:assert/strict";
import fc from "fast-check";
import { scoreTask } from "../../glue/metrics.ts";
import { taskById } from "../../glue/tasks.ts";
import { weightedScorer } from "./weighted_scores.ts";

/** Rows of prediction, label and how often they count. */
const rowsOf = (values: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(values, values, fc.nat({ max: 3 })), { minLength: 2, maxLength: 12 });

for (const id of ["cola", "mrpc", "sst-2", "mnli", "sts-b"]) {
  Deno.test(`weightedScorer of ${id} is scoreTask of the rows written out as often as they count`, () => {
    const task = taskById(id), regression = task.kind === "regression";
    const values = regression
      ? fc.nat({ max: 10 }).map((half) => half / 2)
      : fc.nat({ max: task.labels.length - 1 });
    fc.assert(
      fc.property(rowsOf(values), (rows) => {
        const written = rows.flatMap(([prediction, label, times]) => Array(times).fill([prediction, label]));
        fc.pre(written.length > 0);
        const score = weightedScorer(task, rows.map(([p]) => p), rows.map(([, l]) => l));
        const expected = scoreTask(task, written.map(([p]) => p), written.map(([, l]) => l)).score;
        assert(Math.abs(score(rows.map(([, , times]) => times)) - expected) < 1e-9);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
}
