import assert from "node:assert/strict";
import type { Recipe } from "../recipe.ts";
import { fewSteps, inResults, shortRun, stoppedAndContinued, trainedAndOpened } from "../short_runs.ts";
import { trainRun } from "../unit.ts";

Deno.test("static-subset searches as many layers as the target says, and its record names them", async () => {
  const request = shortRun("static-subset", { epochs: 0.5, "stage3.steps": 4, targetRate: 0.5 });
  const { parent, recipe, selection, path, controls } = await trainedAndOpened(request);
  assert.equal(parent, "bert-epochs=0.5-s0");
  assert.deepEqual([recipe.subset, recipe.stage2, controls], ["search", undefined, undefined]);
  assert.deepEqual(path.executedShare, [...selection.path as string].map(Number));
  assert.equal(path.meanExecutedLayers, 2);
});

Deno.test("static-subset of the commonest path depends on the planner's settings and starts from bert", async () => {
  const request = shortRun("static-subset", { ...fewSteps, subset: "commonest" }, "sts-b");
  const { parent, recipe, path } = await trainedAndOpened(request);
  assert.equal(parent, "bert-epochs=0.5-s0");
  const { stage2, stage3 } = recipe as Partial<Recipe>;
  assert.deepEqual([stage2!.steps, stage3!.beta, path.distinctPaths], [2, 5, 1]);
});

Deno.test("a random static-subset keeps a layer at least, and what was set without need in its record", async () => {
  const settings = { ...fewSteps, subset: "random", targetRate: 0.1 };
  const { path, recipe } = await trainedAndOpened(shortRun("static-subset", settings));
  assert.deepEqual([path.meanExecutedLayers, recipe.stage2], [1, { steps: 2 }]);
});

Deno.test("static-subset stopped everywhere and continued leaves the same bytes as undisturbed", async () => {
  await stoppedAndContinued(shortRun("static-subset", { ...fewSteps, subset: "commonest" }));
});

Deno.test("static-subset stops between two batches of what it asks the planner", async () => {
  await inResults(async (context) => {
    const request = shortRun("static-subset", { ...fewSteps, subset: "commonest" });
    await trainRun(shortRun("dpbert", fewSteps), context);
    await assert.rejects(trainRun(request, { ...context, shouldStop: () => true }), {
      name: "Stopped",
      message: "Stopped while looking for the planner's commonest path; the same command looks again.",
    });
  });
});
