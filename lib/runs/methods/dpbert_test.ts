import assert from "node:assert/strict";
import type { Recipe } from "../recipe.ts";
import { fewSteps, shortRun, trainedAndOpened } from "../short_runs.ts";

Deno.test("dpbert trains without stage 2 and with a reward baseline, which its record then says", async () => {
  for (const rewardBaseline of ["batch", "self-critical"]) {
    const settings = { ...fewSteps, rewardBaseline, "stage2.steps": 0 };
    const { parent, recipe, controls, selection } = await trainedAndOpened(shortRun("dpbert", settings));
    const { stage2, stage3 } = recipe as Partial<Recipe>;
    assert.deepEqual([parent, stage2!.steps, stage3!.rewardBaseline], [
      "bert-epochs=0.5-s0",
      0,
      rewardBaseline,
    ]);
    assert.ok(controls && !("gates" in recipe));
    assert.equal(
      selection.rule,
      "best held-out score among evaluations with mean layers within 0.6 + 0.05 of all, else the last step",
    );
  }
});

Deno.test("dpbert with sampled gates is the same training, run on drawn paths", async () => {
  const request = shortRun("dpbert", { ...fewSteps, gates: "sampled" }, "sts-b");
  const { parent, path, controls } = await trainedAndOpened(request);
  assert.equal(parent, "dpbert-epochs=0.5-stage2.steps=2-stage3.steps=4-s0");
  assert.ok(path.distinctPaths > 2);
  assert.equal(controls, undefined);
});

Deno.test("dpbert-soft is reported thresholded, with controls and without the settings of rewards", async () => {
  const { parent, recipe, controls } = await trainedAndOpened(shortRun("dpbert-soft", fewSteps));
  assert.equal(parent, "bert-epochs=0.5-s0");
  assert.ok(controls && !("beta" in (recipe as Partial<Recipe>).stage3!));
});

Deno.test("dpbert-soft with soft gates is a record of the same training and computes every layer", async () => {
  const request = shortRun("dpbert-soft", { ...fewSteps, gates: "soft" });
  const { parent, recipe, path, controls } = await trainedAndOpened(request);
  assert.equal(parent, "dpbert-soft-epochs=0.5-stage2.steps=2-stage3.steps=4-s0");
  assert.deepEqual([recipe.gates, path.meanExecutedLayers, controls], ["soft", 4, undefined]);
});
