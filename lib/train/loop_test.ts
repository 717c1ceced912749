import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import {
  add,
  disposeTree,
  floatTensor,
  liveTensors,
  log,
  mul,
  random,
  readValues,
  square,
  startBackend,
  sub,
  sum,
  uniforms,
  type Variable,
  variable,
  zeros,
} from "../tensor/mod.ts";
import { readSafetensors } from "../tensor/safetensors.ts";
import { type Evaluation, type LoopOptions, runStage, type Stage, Stopped } from "./loop.ts";
import { linearSchedule } from "./schedule.ts";

const { ops } = await startBackend("wasm");
const target = [3, -2, 0.5];

interface Toy {
  stage: Stage;
  params: { near: Variable; far: Variable };
}

/** A quadratic around `target` with a little noise, in two groups; `changes` to its stage. */
function toy(steps: number, changes: (params: Toy["params"]) => Partial<Stage> = () => ({})): Toy {
  const params = { near: variable(zeros([3])), far: variable(floatTensor([9], [1])) };
  const group = (name: "near" | "far") => ({
    name,
    leaves: [{ path: name, param: params[name] }],
    schedule: linearSchedule(steps, 0.3, { warmup: 0.1 }),
    weightDecay: 0,
    clipNorm: 5,
  });
  const stage: Stage = {
    name: "stage 1",
    steps,
    groups: [group("near"), group("far")],
    batchSize: 4,
    loss: (step) => {
      const noise = floatTensor(uniforms(random(0, "noise", step), 3), [3]);
      const distance = sub(params.near, add(floatTensor(target, [3]), mul(noise, 0.01)));
      const loss = add(sum(square(distance)), sum(square(params.far)));
      return { objective: loss, report: { loss, half: mul(loss, 0.5) } };
    },
    ...changes(params),
  };
  return { stage, params };
}

/** A clock that moves by `step` ms at every look. */
function clock(step = 1) {
  let time = 0;
  return () => time += step;
}

const options = (changes: Partial<LoopOptions> = {}): LoopOptions => ({ ops, now: clock(), ...changes });
const bytesOf = async (
  { params }: Toy,
) => [...await readValues(params.near), ...await readValues(params.far)];

async function withFile(body: (file: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/stage.safetensors`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("runStage brings a quadratic to its minimum and reports a falling curve", async () => {
  const one = toy(200);
  const { curve, evaluations, selected } = await runStage(one.stage, options());
  (await bytesOf(one)).forEach((x, i) => assert.ok(Math.abs(x - [...target, 0][i]) < 0.05, `${i}: ${x}`));
  assert.ok(curve[0].loss > 90 && curve.at(-1)!.loss < 0.01);
  assert.deepEqual(curve.slice(0, 3).map(({ step }) => step), [1, 6, 11]);
  assert.equal(curve.at(-1)!.step, 200);
  assert.ok(Math.abs(curve[0].half * 2 - curve[0].loss) < 1e-3);
  assert.deepEqual([evaluations, selected], [[], null]);
});

/** Evaluates how near `near` is, every third step. */
const evaluated = ({ near }: Toy["params"]): Partial<Stage> => ({
  evaluateEvery: 3,
  evaluate: async () => ({ score: -Math.abs((await readValues(near))[0] - 1), eligible: true }),
});

Deno.test("runStage resumed after any step ends in the same bytes, curve and selection", async () => {
  const steps = 13, undisturbed = toy(steps, evaluated);
  const expected = await runStage(undisturbed.stage, options());
  for (let stopAt = 1; stopAt < steps; stopAt++) {
    await withFile(async (checkpointFile) => {
      let asked = 0;
      const stopping = options({ checkpointFile, shouldStop: () => ++asked === stopAt });
      await assert.rejects(runStage(toy(steps, evaluated).stage, stopping), (error) => {
        assert.ok(error instanceof Stopped && error instanceof InputError);
        assert.match(error.message, new RegExp(`stage 1 after step ${stopAt} of 13`));
        return true;
      });
      const resumed = toy(steps, evaluated);
      const result = await runStage(resumed.stage, options({ checkpointFile }));
      assert.deepEqual(await bytesOf(resumed), await bytesOf(undisturbed), `stopped at ${stopAt}`);
      assert.deepEqual({ ...result, seconds: 0 }, { ...expected, seconds: 0 });
    });
  }
});

Deno.test("runStage of a finished stage trains no more and gives the same result again", async () => {
  await withFile(async (checkpointFile) => {
    const first = toy(7, evaluated), again = toy(7, evaluated);
    const result = await runStage(first.stage, options({ checkpointFile }));
    again.stage.loss = () => assert.fail("trained again");
    assert.deepEqual(await runStage(again.stage, options({ checkpointFile })), result);
    assert.deepEqual(await bytesOf(again), await bytesOf(first));
  });
});

/** Evaluations with scores and eligibility as listed; remembers the parameter at each. */
async function selection(rows: { score: number; eligible: boolean }[]) {
  const seen: number[] = [];
  const one = toy(rows.length * 2, ({ near }) => ({
    evaluateEvery: 2,
    evaluate: async (): Promise<Omit<Evaluation, "step">> => {
      seen.push((await readValues(near))[0]);
      return rows[seen.length - 1];
    },
  }));
  const result = await runStage(one.stage, options());
  return { result, seen, kept: (await bytesOf(one))[0] };
}

Deno.test("runStage keeps the best eligible evaluation, the earlier of equals", async () => {
  const { result, seen, kept } = await selection([
    { score: 5, eligible: true },
    { score: 9, eligible: false },
    { score: 7, eligible: true },
    { score: 7, eligible: true },
    { score: 6, eligible: true },
  ]);
  assert.equal(result.selected?.step, 6);
  assert.equal(kept, seen[2]);
  assert.deepEqual(result.evaluations.map(({ step }) => step), [2, 4, 6, 8, 10]);
});

Deno.test("runStage keeps the last step where no evaluation is eligible", async () => {
  const { result, seen, kept } = await selection([{ score: 5, eligible: false }, {
    score: 1,
    eligible: false,
  }]);
  assert.equal(result.selected, null);
  assert.equal(kept, seen[1]);
});

Deno.test("runStage stops at a loss that is not a number, naming stage and step; the checkpoint before it stays", async () => {
  await withFile(async (checkpointFile) => {
    const one = toy(20, ({ near }) => ({
      loss: (step) => {
        const loss = step === 4 ? log(sub(sum(square(near)), 1e9)) : sum(square(sub(near, 1)));
        return { objective: loss, report: { loss } };
      },
    }));
    // Every look at the clock is a minute later, so that every step is saved.
    await assert.rejects(runStage(one.stage, options({ checkpointFile, now: clock(60_000) })), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /^stage 1: .* is NaN at step 5/);
      return true;
    });
    const { tensors, metadata } = await readSafetensors(checkpointFile);
    assert.equal(JSON.parse(metadata.progress).step, 4);
    assert.ok(tensors.get("param/near")!.data!.every(Number.isFinite));
  });
});

Deno.test("runStage saves within a minute of work, and only then", async () => {
  await withFile(async (checkpointFile) => {
    const saved: number[] = [];
    const one = toy(6);
    let time = 0;
    await runStage(one.stage, {
      ops,
      checkpointFile,
      now: () => time,
      onProgress: ({ step }) => {
        time += step === 3 ? 60_000 : 1000;
      },
      shouldStop: () => {
        saved.push(stepIn(checkpointFile));
        return false;
      },
    });
    // Asked after steps 1 to 6, before that step is saved: the save of step 3 shows at step 4.
    assert.deepEqual(saved, [0, 0, 0, 3, 3, 3]);
    assert.equal(stepIn(checkpointFile), 6);
  });
});

/** The step a checkpoint holds, 0 without one. */
function stepIn(file: string): number {
  try {
    const text = new TextDecoder().decode(Deno.readFileSync(file));
    return Number(/\\"step\\":(\d+)/.exec(text)?.[1] ?? NaN);
  } catch {
    return 0;
  }
}

Deno.test("runStage refuses a checkpoint of other parameters and leaves it alone", async () => {
  await withFile(async (checkpointFile) => {
    await runStage(toy(2).stage, options({ checkpointFile }));
    const other = toy(2);
    other.stage.groups[1].leaves[0].path = "elsewhere";
    await assert.rejects(runStage(other.stage, options({ checkpointFile })), {
      name: "InputError",
      message: /nothing for "elsewhere"/,
    });
    assert.equal(stepIn(checkpointFile), 2);
  });
});

Deno.test("runStage keeps the number of live tensors constant from step to step, and frees its own at the end", async () => {
  const live: number[] = [], one = toy(12, evaluated), before = liveTensors();
  await runStage(one.stage, options({ onProgress: () => live.push(liveTensors()) }));
  assert.deepEqual([...new Set(live)].length, 1, String(live));
  assert.equal(liveTensors(), before);
  disposeTree(one.params);
});

Deno.test("runStage tells step, steps, loss and speed after every step", async () => {
  const seen: string[] = [];
  await runStage(
    toy(2).stage,
    options({
      now: clock(500),
      onProgress: ({ stage, step, steps, loss, examplesPerSecond }) =>
        seen.push(`${stage} ${step}/${steps} ${loss > 0} ${examplesPerSecond}`),
    }),
  );
  assert.deepEqual(seen, ["stage 1 1/2 true 8", "stage 1 2/2 true 8"]);
});

Deno.test("runStage gives every evaluation a point in the curve, beside every fifth step and the last", async () => {
  const { stage, params } = toy(10, () => ({
    evaluateEvery: 3,
    evaluate: () => Promise.resolve({ score: 0, eligible: true }),
  }));
  const { curve, evaluations } = await runStage(stage, { ops, now: clock() });
  assert.deepEqual(evaluations.map(({ step }) => step), [3, 6, 9, 10]);
  assert.deepEqual(curve.map(({ step }) => step), [1, 3, 6, 9, 10]);
  disposeTree(params);
});
