import assert from "node:assert/strict";
import { type Backbone, randomPlanner, reinforce, type Sampling, seededSampling } from "../../methods/mod.ts";
import { tinyBackbone, tinySet, tinyStage3 } from "../../methods/tiny_model.ts";
import { disposeTree, liveTensors, random, startBackend } from "../../tensor/mod.ts";
import { drawAgreement, type LayerActions, recording, replay } from "./recorded_actions.ts";

const settings = { ...tinyStage3, steps: 4, evaluations: 1 };

/** Stage 3 of the tiny model under `sampling`: its losses and what was recorded beside seed 0's own draws. */
async function reinforced(backbone: Backbone, sampling: Sampling) {
  const planner = randomPlanner(2, 8, random(0, "planner")), losses: number[] = [];
  const watched = recording(sampling, seededSampling(0, 2));
  const options = { now: () => 0, onProgress: ({ loss }: { loss: number }) => void losses.push(loss) };
  await reinforce(backbone, planner, tinySet(), settings, 0, options, watched.sampling);
  const recorded = await watched.recorded();
  disposeTree(backbone.params);
  disposeTree(planner);
  return { losses, recorded };
}

Deno.test("recorded actions replayed give the same losses, other draws others, and no tensor is left", async () => {
  const { ops } = await startBackend("wasm");
  const live = liveTensors();
  const first = await reinforced(tinyBackbone(ops), seededSampling(0, 2));
  assert.deepEqual([first.recorded.length, first.recorded[0].length], [4, 2]);
  const own = first.recorded.flat();
  assert.deepEqual(own.map(({ actions }) => actions), own.map(({ ownActions }) => ownActions));
  const seen = new Set(own.flatMap(({ actions }) => [...actions]));
  assert.deepEqual(seen, new Set([0, 1]));

  const again = await reinforced(tinyBackbone(ops), replay(first.recorded));
  assert.deepEqual(again.losses, first.losses);
  assert.deepEqual(again.recorded, first.recorded);

  const other = await reinforced(tinyBackbone(ops), seededSampling(1, 2));
  assert.notDeepEqual(other.losses, first.losses);
  assert.equal(liveTensors(), live);
});

Deno.test("drawAgreement counts equal and different actions, and leaves out draws too close to tell", () => {
  const layer = (ownActions: number[]): LayerActions => ({
    actions: Float32Array.of(1, 1, 1),
    executeProbs: Float32Array.of(0.5, 0.5, 0.5),
    ownDraws: Float32Array.of(0.2, 0.7, 0.50005),
    ownActions: Float32Array.from(ownActions),
  });
  assert.deepEqual(drawAgreement([[layer([1, 0, 1])]], [[layer([1, 0, 0])]]), {
    compared: 2,
    different: 0,
    close: 1,
  });
  assert.equal(drawAgreement([[layer([1, 1, 0])]], [[layer([1, 0, 0])]]).different, 1);
});
