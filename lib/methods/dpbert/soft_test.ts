import assert from "node:assert/strict";
import { composedOps } from "../../tensor/composed.ts";
import { largestError } from "../../tensor/finite_differences.ts";
import {
  leaves,
  liveTensors,
  random,
  read,
  readValues,
  setValues,
  startBackend,
  tidy,
  uniforms,
} from "../../tensor/mod.ts";
import { bert } from "../bert.ts";
import { infer } from "../method.ts";
import { openInference } from "../open_inference.ts";
import { slopes } from "../slopes.ts";
import { tinyBackbone, tinyBatch, tinySet, tinyStage3 } from "../tiny_model.ts";
import { dpbert, type Planner, plannerLeaves, randomPlanner } from "./plan.ts";
import { type GateKind, planned, softObjective, type SoftSettings, trainSoft } from "./soft.ts";

const { ops } = await startBackend("wasm");
const backbone = tinyBackbone(ops), batch = tinyBatch(6);

/** A planner of given biases whose weights are 0. */
function biased(...biases: number[]): Planner {
  const planner = randomPlanner(2, 8, random(0, "planner"));
  planner.forEach(({ weight, bias }, layer) => {
    setValues(weight, new Float32Array(8));
    setValues(bias, new Float32Array([biases[layer]]));
  });
  return planner;
}

const settings: SoftSettings = { ...tinyStage3, steps: 6, plannerInput: "attached" };

Deno.test("softObjective is the loss through soft gates plus lambda2 (mu - t)^2", async () => {
  // s = 3/4 and 1/2: mu = 0.625.
  const planner = biased(Math.log(3), 0);
  const [objective, loss, prob] = tidy(() => {
    const { objective, report } = softObjective(backbone, planner, "classification", batch, settings);
    return [objective, report.loss, report.meanExecuteProb];
  });
  const values = (await Promise.all([objective, loss, prob].map(read))).map(([x]) => x);
  assert.ok(Math.abs(values[0] - values[1] - 10 * 0.025 ** 2) < 1e-5, String(values));
  assert.ok(Math.abs(values[2] - 0.625) < 1e-6);
});

Deno.test("softObjective's gradient is its slope, for the planner and for the backbone", async () => {
  const planner = randomPlanner(2, 8, random(3, "planner"));
  const all = [...plannerLeaves(planner), ...leaves(backbone.params)];
  const found = await slopes(
    () => softObjective(backbone, planner, "classification", batch, settings).objective,
    all,
  );
  for (const { path, slope, gradient } of found) {
    assert.ok(Math.abs(slope - gradient) < 2e-3 + 1e-2 * Math.abs(slope), `${path}: ${slope}, ${gradient}`);
  }
  assert.ok(found.filter(({ gradient }) => Math.abs(gradient) > 0.01).length > 10);
});

Deno.test("planned: thresholded is dpbert, soft gates near 1 are bert and compute every layer", async () => {
  const planner = biased(1, -1), open = biased(100, 100);
  assert.deepEqual(
    await infer(backbone, batch, planned(backbone, planner, "thresholded")),
    await infer(backbone, batch, dpbert(backbone, planner)),
  );
  const soft = await infer(backbone, batch, planned(backbone, open, "soft"));
  const full = await infer(backbone, batch, bert(backbone));
  assert.deepEqual(soft.paths, full.paths);
  assert.ok(largestError(soft.logits, full.logits) < 1e-5);
});

Deno.test("planned with sampled gates draws a path per input, the same alone and in company, at the rate of s", async () => {
  const many = tinyBatch(50), planner = biased(Math.log(3), 0);
  const { paths } = await infer(backbone, many, planned(backbone, planner, "sampled"));
  const rates = [0, 1].map((layer) => paths.filter((path) => path[layer] === "1").length / 50);
  assert.ok(Math.abs(rates[0] - 0.75) < 0.15 && Math.abs(rates[1] - 0.5) < 0.15, String(rates));
  const few = await infer(backbone, batch, planned(backbone, planner, "sampled"));
  assert.deepEqual(few.paths, paths.slice(0, 6));
  const sure = await infer(backbone, batch, planned(backbone, biased(100, -100), "sampled"));
  assert.deepEqual(sure.paths, Array(6).fill("10"));
});

Deno.test("planned gives the same open for inference, and where nothing can be read in between", async () => {
  const planner = randomPlanner(2, 8, random(2, "planner"));
  for (const { weight } of planner) {
    setValues(
      weight,
      uniforms(random(2, "weights"), 8).map((x) => 3 * x - 1),
    );
  }
  const masked = { ...backbone, ops: { ...composedOps("wasm"), valuesNow: () => null } }, one = tinyBatch(1);
  for (const kind of ["thresholded", "soft", "sampled"] satisfies GateKind[]) {
    const live = liveTensors(), expected = await infer(backbone, one, planned(backbone, planner, kind));
    const open = openInference(backbone, (own) => planned(own, planner, kind));
    for (const found of [await open.infer(one), await infer(masked, one, planned(masked, planner, kind))]) {
      assert.deepEqual(found.paths, expected.paths);
      assert.ok(largestError(found.logits, expected.logits) < 1e-5, kind);
    }
    open.dispose();
    assert.equal(liveTensors(), live);
  }
});

Deno.test("trainSoft moves backbone and planner and repeats itself to the bit", async () => {
  const runs = [];
  for (let run = 0; run < 2; run++) {
    const own = tinyBackbone(ops), planner = randomPlanner(2, 8, random(0, "planner"));
    const before = await readValues(planner[1].weight);
    const result = await trainSoft(own, planner, tinySet(), settings, 0, { now: () => 0 });
    assert.notDeepEqual(await readValues(planner[1].weight), before);
    const values = await Promise.all(leaves(own.params).map(({ param }) => readValues(param)));
    runs.push({ result, values });
  }
  assert.deepEqual(runs[0], runs[1]);
  const { evaluations, curve } = runs[0].result;
  assert.deepEqual(evaluations.map(({ step }) => step), [3, 6]);
  assert.deepEqual(Object.keys(curve[0]).sort(), ["loss", "meanExecuteProb", "step"]);
});

Deno.test("trainSoft selects by thresholded gates: soft ones run both layers of either planner", async () => {
  const train = (planner: Planner) =>
    trainSoft(tinyBackbone(ops), planner, tinySet(), settings, 0, { now: () => 0 });
  const one = await train(biased(1, -1)), both = await train(biased(1, 1)); // half of the layers, and all: t is 0.6
  const found = [one, both].map(({ evaluations }) =>
    evaluations.map(({ meanExecutedLayers, eligible }) => [meanExecutedLayers, eligible])
  );
  assert.deepEqual(found, [[[1, true], [1, true]], [[2, false], [2, false]]]);
  assert.equal(one.selected!.score, Math.max(...one.evaluations.map(({ score }) => score)));
  assert.equal(both.selected, null);
});
