import assert from "node:assert/strict";
import type { Recipe } from "../recipe.ts";
import type { RunRecord } from "../records/record.ts";
import { inResults, refusedAtOnce, shortRun, stoppedAndContinued, trainedAndOpened } from "../short_runs.ts";
import { runPaths } from "../records/store.ts";
import { openModel } from "../finished/trained_model.ts";
import { trainRun } from "../unit.ts";
import { keyOf } from "../grid/grid.ts";
import { trainingOf } from "./mod.ts";

/** What was chosen on held-out rows. */
const exitOf = ({ selection }: RunRecord) => selection.exit as Record<string, number>;

Deno.test("deebert leaves at the threshold that comes nearest to the target on held-out rows", async () => {
  const record = await trainedAndOpened(shortRun("deebert", { epochs: 0.5, "exits.steps": 4 }));
  const { parent, recipe, path } = record, { threshold, meanExecutedLayers } = exitOf(record);
  assert.equal(parent, "bert-epochs=0.5-s0");
  assert.deepEqual((recipe as Partial<Recipe>).stage3, { targetRate: 0.6 });
  assert.ok(threshold > 0 && Math.abs(meanExecutedLayers - 0.6 * 4) < 0.2, String(meanExecutedLayers));
  assert.equal(path.executedShare[0], 1);
  assert.match(record.controls!.commonestPath as string, /^1+0*$/);
});

Deno.test("a record has the score of every exit: those of the controls that leave everybody there", async () => {
  const { exitScores, controls } = await trainedAndOpened(
    shortRun("deebert", { epochs: 0.5, "exits.steps": 4 }),
  );
  const { commonestPath, commonestPathScore, everyLayerScore } = controls!;
  const layers = (commonestPath as string).lastIndexOf("1") + 1;
  assert.equal(exitScores!.length, 4);
  assert.deepEqual([exitScores![layers - 1], exitScores![3]], [commonestPathScore, everyLayerScore]);
});

Deno.test("deebert at threshold 0 runs every layer and pays for the ramps that nobody took", async () => {
  const request = shortRun("deebert", { epochs: 0.5, "exits.steps": 4, threshold: 0 });
  const { parent, recipe, path, flops, controls, metrics } = await trainedAndOpened(request);
  assert.equal(parent, "deebert-epochs=0.5-exits.steps=4-s0");
  assert.deepEqual([recipe.threshold, recipe.stage3, path.meanExecutedLayers], [0, undefined, 4]);
  assert.equal(controls!.shuffledPathsScore, metrics.score); // one path for all
  assert.ok(flops.meanPerExample > flops.fullPerExample);
});

Deno.test("pabee starts from the pre-trained backbone and takes a regression, by patience", async () => {
  const record = await trainedAndOpened(shortRun("pabee", { epochs: 0.5 }, "sts-b")), { recipe } = record;
  const { exitBy, patience, threshold } = recipe;
  assert.deepEqual([record.parent, exitBy, patience, threshold], [null, "patience", "target", undefined]);
  assert.ok(Number.isInteger(exitOf(record).patience));
});

Deno.test("pabee left by entropy, its inputs standardised, is a point of the same training", async () => {
  const settings = {
    epochs: 0.5,
    "stage3.steps": 2,
    exitInput: "standardised",
    exitBy: "entropy",
    targetRate: 0.4,
  };
  const record = await trainedAndOpened(shortRun("pabee", settings)), { recipe, path, flops } = record;
  assert.equal(record.parent, "pabee-epochs=0.5-exitInput=standardised-stage3.steps=2-s0");
  assert.deepEqual([recipe.exitBy, recipe.threshold, recipe.patience], ["entropy", "target", undefined]);
  assert.ok(Math.abs(exitOf(record).meanExecutedLayers - 0.4 * 4) < 0.2);
  assert.ok(path.meanExecutedLayers < 3 && flops.meanPerExample < flops.fullPerExample);
});

Deno.test("pabee with patience 1 runs two layers at least", async () => {
  const { path, recipe } = await trainedAndOpened(shortRun("pabee", { epochs: 0.5, patience: 1 }));
  assert.deepEqual([path.executedShare[0], path.executedShare[1], recipe.patience], [1, 1, 1]);
});

for (
  const request of [
    shortRun("pabee", { epochs: 1, exitInput: "standardised", targetRate: 0.5 }),
    shortRun("deebert", { epochs: 0.5, "exits.steps": 6, exitInput: "standardised" }),
  ]
) {
  Deno.test(`${request.method} stopped everywhere and continued leaves the same bytes as undisturbed`, async () => {
    await stoppedAndContinued(request);
  });
}

Deno.test("a choice of the threshold stops between two batches", async () => {
  await inResults(async (context) => {
    const settings = { epochs: 0.5, "exits.steps": 2 };
    await trainRun(shortRun("deebert", settings), context);
    const point = shortRun("deebert", { ...settings, targetRate: 0.4 });
    await assert.rejects(trainRun(point, { ...context, shouldStop: () => true }), {
      name: "Stopped",
      message: "Stopped while choosing the threshold; the same command chooses it again.",
    });
  });
});

Deno.test("deebert and entropy refuse a regression before anything is written", async () => {
  const why = "leaves by the entropy of a prediction, which a regression does not have; leave STS-B out.";
  await refusedAtOnce(shortRun("deebert", {}, "sts-b"), `deebert ${why}`);
  await refusedAtOnce(shortRun("pabee", { exitBy: "entropy" }, "sts-b"), `pabee ${why}`);
});

Deno.test("points of one training share its weights: one training, a record each", async () => {
  await inResults(async (context) => {
    let steps = 0;
    const counting = {
      ...context,
      onProgress: (_run: string, { stage }: { stage: string }) => void (steps += stage === "exits" ? 1 : 0),
    };
    const point = (threshold: number) => shortRun("deebert", { epochs: 0.5, "exits.steps": 4, threshold });
    for (const threshold of [0.1, 0.6]) await trainRun(point(threshold), counting);
    assert.equal(steps, 4);
    const checkpoints = `${context.results}/smoke/checkpoints/sst-2`;
    const filled = [...Deno.readDirSync(checkpoints)].filter(({ isDirectory, name }) =>
      isDirectory && [...Deno.readDirSync(`${checkpoints}/${name}`)].length > 0
    );
    assert.deepEqual(filled.map(({ name }) => name).sort(), [
      "bert-epochs=0.5-s0",
      "deebert-epochs=0.5-exits.steps=4-s0",
    ]);
    const training = trainingOf(point(0.1));
    await Deno.remove(runPaths(context.results, keyOf(training)).record);
    await assert.rejects(openModel(training, context), {
      name: "InputError",
      message: /record is gone, which says its threshold/,
    });
  });
});
