import assert from "node:assert/strict";
import { exampleTuning, trial } from "../../runs/tuning/example_tuning.ts";
import { tableMarkdown } from "../markdown/table_text.ts";
import { tuningTable } from "./tuning.ts";

Deno.test("tuningTable sets the best trial beside the recipe and says which is chosen, in the order of Table 1", () => {
  const bert = { method: "bert", targetRate: null };
  const full = { meanExecutedLayers: null };
  const learningRate = { "stage1.learningRate": 0.0002, "stage1.weightDecay": 0 };
  const kept = [trial({}, 84.2, full), trial(learningRate, 84.2, full)];
  const { rows, caption } = tuningTable([
    exampleTuning(),
    exampleTuning({ ...bert, trials: kept }),
    exampleTuning({ ...bert, task: "cola", trials: [trial({}, 40, full), trial(learningRate, 41.26, full)] }),
  ], "glue");
  assert.deepEqual(rows, [
    [
      "CoLA",
      "BERT",
      "2",
      "–",
      "40.0",
      "–",
      "stage1.learningRate=0.0002, stage1.weightDecay=0",
      "41.3",
      "–",
      "+1.3",
      "2.4",
      "the recipe",
    ],
    ["MRPC", "BERT", "2", "–", "84.2", "–", "the recipe", "84.2", "–", "–", "1.8", "the recipe"],
    [
      "MRPC",
      "DPBERT",
      "2",
      "1",
      "80.0",
      "5.0 of 6",
      "beta=20",
      "82.5",
      "3.6 of 6",
      "+2.5",
      "2.0",
      "the best trial",
    ],
  ]);
  assert.match(
    caption,
    /^Settings out of 2 trials per method and task, .*; seed 0, target rate 0\.6\. .* neither dev nor test .*glue\.$/,
  );
});

Deno.test("tuningTable shows a recipe that diverged without a number, and unequal numbers of trials in its caption", () => {
  const diverged = trial({}, 0, { heldOutScore: null, meanExecutedLayers: null, onTarget: false });
  const three = [diverged, trial({ beta: 20 }, 70), trial({ beta: 50 }, 60)];
  const { rows, caption } = tuningTable(
    [exampleTuning(), exampleTuning({ task: "rte", trials: three })],
    "glue",
  );
  assert.deepEqual(rows[1].slice(4), ["–", "–", "beta=20", "70.0", "3.6 of 6", "–", "–", "the best trial"]);
  assert.match(caption, /^Settings out of 2–3 trials/);
});

Deno.test("tuningTable leads from the number of trials to what each of them found", () => {
  const markdown = tableMarkdown({
    ...tuningTable([exampleTuning()], "glue"),
    places: { profile: "..", project: "../../.." },
  });
  assert.ok(markdown.includes("| MRPC | DPBERT | [2](../tuning/mrpc/dpbert.json) | 1 |"), markdown);
});

Deno.test("tuningTable without trials has no rows and names the command that makes them", () => {
  const { rows, caption } = tuningTable([], "micro");
  assert.deepEqual(rows, []);
  assert.match(caption, /`deno task tune --profile micro`/);
});
