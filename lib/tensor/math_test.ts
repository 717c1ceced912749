import assert from "node:assert/strict";
import { startBackend } from "./backend.ts";
import {
  add,
  bernoulliLogProb,
  detach,
  dispose,
  floatTensor,
  lessThan,
  liveTensors,
  mul,
  ones,
  read,
  scalar,
  sum,
  tidy,
  unitScale,
  valueAndGradients,
  variable,
  zeros,
} from "./math.ts";
import type { Tensor } from "./tf.ts";

for (const name of ["cpu", "wasm"] as const) {
  Deno.test(`${name}: bernoulliLogProb is log s or log(1 - s) with gradient a - s, finite far out`, async () => {
    await startBackend(name);
    const logits = [-200, -40, -1, 0, 1, 40, 200];
    for (const action of [0, 1]) {
      const logit = variable(floatTensor(logits, [7]));
      const actions = floatTensor(Array(7).fill(action), [7]);
      const values = await read(bernoulliLogProb(logit, actions));
      const { gradients: [gradient] } = valueAndGradients(() => sum(bernoulliLogProb(logit, actions)), [
        logit,
      ]);
      const slopes = await read(gradient!);
      logits.forEach((z, i) => {
        const signed = action === 1 ? z : -z; // log sigmoid(signed)
        const expected = Math.min(signed, 0) - Math.log1p(Math.exp(-Math.abs(z)));
        assert.ok(Math.abs(values[i] - expected) < 1e-5, `log pi at ${z}: ${values[i]}, not ${expected}`);
        const slope = action - 1 / (1 + Math.exp(-z));
        assert.ok(Math.abs(slopes[i] - slope) < 1e-6, `slope at ${z}: ${slopes[i]}, not ${slope}`);
      });
    }
  });

  Deno.test(`${name}: bernoulliLogProb keeps actions that were made inside the tape until the gradient needs them`, async () => {
    await startBackend(name);
    const logit = variable(floatTensor([0, 0], [2]));
    const { gradients } = valueAndGradients(
      () => sum(bernoulliLogProb(logit, floatTensor([1, 0], [2]))),
      [logit],
    );
    assert.deepEqual([...await read(gradients[0]!)], [0.5, -0.5]);
  });

  Deno.test(`${name}: detach keeps the values and blocks the gradient`, async () => {
    await startBackend(name);
    const x = variable(scalar(3));
    const { value, gradients } = valueAndGradients(() => add(mul(x, detach(x)), x), [x]);
    assert.equal((await read(value))[0], 12);
    assert.equal((await read(gradients[0]!))[0], 4); // detach(x) + 1, not 2 x + 1
    const live = liveTensors();
    const copy = detach(x);
    copy.dispose();
    assert.equal(liveTensors(), live);
    assert.equal((await read(x))[0], 3); // the shared values outlive the copy
    dispose([x, value, gradients[0]!]);
  });

  Deno.test(`${name}: unitScale shortens only what is too long`, async () => {
    await startBackend(name);
    const scaleOf = async (norm: number) => (await read(tidy(() => unitScale(scalar(norm), 1))))[0];
    assert.equal(await scaleOf(0.5), 1);
    assert.equal(await scaleOf(0), 1);
    assert.ok(Math.abs(await scaleOf(4) - 0.25) < 1e-6);
  });

  Deno.test(`${name}: lessThan is 1 where the left side is smaller, as a float`, async () => {
    await startBackend(name);
    const result = lessThan(floatTensor([0, 0.5, 1], [3]), floatTensor([0.5, 0.5, 0.5], [3]));
    assert.equal(result.dtype, "float32");
    assert.deepEqual([...await read(result)], [1, 0, 0]);
  });

  Deno.test(`${name}: valueAndGradients gives null to a parameter that was not used`, async () => {
    await startBackend(name);
    const [used, unused] = [variable(scalar(2)), variable(scalar(5))];
    const { gradients } = valueAndGradients(() => mul(used, used).asScalar(), [unused, used]);
    assert.equal(gradients[0], null);
    assert.equal((await read(gradients[1]!))[0], 4);
  });

  Deno.test(`${name}: valueAndGradients leaves nothing behind but its results`, async () => {
    await startBackend(name);
    const x = variable(floatTensor([1, 2], [2])), live = liveTensors();
    const { value, gradients } = valueAndGradients(() => sum(mul(x, x)), [x]);
    dispose([value, gradients[0]!]);
    assert.equal(liveTensors(), live);
  });
}

Deno.test("valueAndGradients frees what operations saved, also where their gradient was never asked for", async () => {
  const { ops } = await startBackend("wasm");
  const weight = variable(ones([2, 2])), frozen = ones([2, 2]), bias = zeros([2]), x = ones([1, 2]);
  const step = () => {
    const { value, gradients } = valueAndGradients(() => {
      ops.linear(x, weight, bias); // leads nowhere
      return sum(ops.linear(ops.linear(x, frozen, bias), weight, bias));
    }, [weight]);
    dispose([value, ...gradients as Tensor[]]);
  };
  const live = liveTensors();
  step();
  assert.equal(liveTensors(), live);
  dispose([weight, frozen, bias, x]);
});
