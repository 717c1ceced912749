import assert from "node:assert/strict";
import { adamw as referenceAdamw } from "../tensor/composed_reference.ts";
import { disposeTree, floatTensor, liveTensors, read, startBackend, tidy, variable } from "../tensor/mod.ts";
import { adamW, applyGradients, disposeAdamW, type ParamGroup } from "./adamw.ts";

const { ops } = await startBackend("wasm");
const near = (found: ArrayLike<number>, expected: number[]) =>
  expected.forEach((x, i) =>
    assert.ok(Math.abs(found[i] - x) < 1e-6, `${Array.from(found)}, not ${expected}`)
  );

function group(
  name: string,
  values: Record<string, number[]>,
  changes: Partial<ParamGroup> = {},
): ParamGroup {
  return {
    name,
    leaves: Object.entries(values).map(([path, x]) => ({
      path,
      param: variable(floatTensor(x, [x.length])),
    })),
    schedule: () => 0.1,
    weightDecay: 0,
    clipNorm: 1,
    ...changes,
  };
}

/** Applies gradients by path for each step in turn. */
function train(groups: ParamGroup[], steps: Record<string, number[]>[]) {
  const optimizer = adamW(groups);
  steps.forEach((gradients, step) =>
    tidy(() =>
      applyGradients(
        ops,
        optimizer,
        step,
        new Map(Object.entries(gradients).map(([path, g]) => [path, floatTensor(g, [g.length])])),
      )
    )
  );
  return optimizer;
}

Deno.test("applyGradients clips every group by its own norm", async () => {
  const groups = [group("backbone", { a: [0, 0], b: [0] }), group("planner", { c: [0] })];
  const optimizer = train(groups, [{ a: [6, 0], b: [8], c: [0.5] }]);
  // Norm 10 over a and b is cut to 1; c is short enough. The first moment is a tenth of what is left.
  near(await read(optimizer.moments.get("a")!.first), [0.06, 0]);
  near(await read(optimizer.moments.get("b")!.first), [0.08]);
  near(await read(optimizer.moments.get("c")!.first), [0.05]);
});

Deno.test("applyGradients gives a parameter that was not reached a gradient of 0: moments and decay go on", async () => {
  const settings = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.5 };
  const groups = [group("g", { used: [1], skipped: [2] }, { weightDecay: 0.5, clipNorm: 100 })];
  const optimizer = train(groups, [{ used: [1], skipped: [3] }, { used: [1] }, {}]);
  near(await read(groups[0].leaves[0].param), referenceAdamw([1], [[1], [1], [0]], settings));
  near(await read(groups[0].leaves[1].param), referenceAdamw([2], [[3], [0], [0]], settings));
  near(await read(optimizer.moments.get("skipped")!.first), [0.3 * 0.9 * 0.9]);
});

Deno.test("applyGradients spares biases and LayerNorms from decay", async () => {
  const names = [
    "layers.0.qkv.weight",
    "layers.0.qkv.bias",
    "layers.0.attentionNorm.weight",
    "embeddings.norm.bias",
  ];
  const groups = [group("g", Object.fromEntries(names.map((name) => [name, [1]])), { weightDecay: 0.5 })];
  train(groups, [{}]);
  const values = await Promise.all(groups[0].leaves.map(({ param }) => read(param)));
  near(values.map(([x]) => x), [0.95, 1, 1, 1]);
});

Deno.test("applyGradients follows each group's schedule, and leaves nothing behind", async () => {
  const groups = [
    group("fast", { a: [0] }, { schedule: (step) => step === 0 ? 0.5 : 0 }),
    group("still", { b: [0] }, { schedule: () => 0 }),
  ];
  const live = liveTensors();
  const optimizer = train(groups, [{ a: [0.1], b: [0.1] }, { a: [0.1] }]);
  near(await read(groups[0].leaves[0].param), [-0.5]);
  near(await read(groups[1].leaves[0].param), [0]);
  disposeAdamW(optimizer);
  assert.equal(liveTensors(), live);
  disposeTree(groups.map(({ leaves }) => leaves.map(({ param }) => param)));
});
