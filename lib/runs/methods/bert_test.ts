import assert from "node:assert/strict";
import { leaves, readValues } from "../../tensor/mod.ts";
import type { RunRequest } from "../grid/grid.ts";
import { disposeModel } from "../models.ts";
import { inResults, refusedAtOnce, shortRun, trainedAndOpened } from "../short_runs.ts";
import { openModel } from "../finished/trained_model.ts";
import { trainRun } from "../unit.ts";
import { parentOf } from "./mod.ts";

Deno.test("bert with as many extra steps as stage 3 has starts from bert and runs every layer", async () => {
  const settings = { epochs: 0.5, extraSteps: "stage3", "stage3.steps": 3 };
  const { parent, path, selection } = await trainedAndOpened(shortRun("bert", settings));
  assert.deepEqual([parent, path.meanExecutedLayers, selection.evaluations], ["bert-epochs=0.5-s0", 4, 2]);
});

Deno.test("bert with extra steps begins with its parent's weights", async () => {
  await inResults(async (context) => {
    const still = shortRun("bert", { epochs: 0.5, extraSteps: 1, "stage3.learningRate": 1e-30 });
    await trainRun(still, context);
    const values = async (request: RunRequest) => {
      const model = (await openModel(request, context))!;
      const read = await Promise.all(leaves(model.backbone.params).map(({ param }) => readValues(param)));
      disposeModel(model);
      return read;
    };
    assert.deepEqual(await values(still), await values(parentOf(still)!));
  });
});

Deno.test("bert-first-k executes k layers of all, and costs as much", async () => {
  const request = shortRun("bert-first-k", { epochs: 0.5, firstLayers: 3 });
  const { parent, path, flops } = await trainedAndOpened(request);
  assert.deepEqual([parent, path.executedShare, path.distinctPaths], [null, [1, 1, 1, 0], 1]);
  const share = flops.meanPerExample / flops.fullPerExample; // a little more than 3/4: the head is whole
  assert.ok(share > 0.75 && share < 0.76, String(share));
});

Deno.test("bert-first-k with extra steps starts from the same layers without them, and executes no other", async () => {
  const settings = { epochs: 0.5, firstLayers: 3, extraSteps: "stage3", "stage3.steps": 3 };
  const { parent, path, selection } = await trainedAndOpened(shortRun("bert-first-k", settings));
  assert.deepEqual([parent, path.executedShare], ["bert-first-k-epochs=0.5-k3-s0", [1, 1, 1, 0]]);
  assert.equal(selection.evaluations, 2);
});

Deno.test("bert-first-k refuses more layers than there are before it writes anything", async () => {
  await refusedAtOnce(
    shortRun("bert-first-k", { firstLayers: 5 }),
    "--set firstLayers=5: the backbone has 4 layers; expected at most that.",
  );
});
