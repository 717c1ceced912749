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
import { Stopped } from "./interruption.ts";
import { type LoopOptions, runStage, type Stage } from "./loop.ts";
import { linearSchedule } from "./schedule.ts";
import type { Evaluation } from "./stage_state.ts";

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

/** Seconds of work a checkpoint holds, 0 without one. */
function secondsIn(file: string): number {
  try {
    const text = new TextDecoder().decode(Deno.readFileSync(file));
    return Number(/\\"seconds\\":([\d.]+)/.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

Deno.test("runStage begins its stage again from a damaged checkpoint, says so, and ends in the same bytes", async () => {
  await withFile(async (checkpointFile) => {
    const undisturbed = toy(7, evaluated);
    const expected = await runStage(undisturbed.stage, options());
    let asked = 0;
    const stopping = options({ checkpointFile, shouldStop: () => ++asked === 5 });
    await assert.rejects(runStage(toy(7, evaluated).stage, stopping), Stopped);
    const bytes = await Deno.readFile(checkpointFile);
    bytes[bytes.length - 9] ^= 4; // inside the last tensor
    await Deno.writeFile(checkpointFile, bytes);
    const again = toy(7, evaluated), notes: string[] = [];
    const result = await runStage(
      again.stage,
      options({ checkpointFile, onNote: (text) => notes.push(text) }),
    );
    assert.deepEqual(notes.map((note) => note.replace(checkpointFile, "FILE")), [
      "FILE is damaged: its checksum does not fit its content. stage 1 begins again.",
    ]);
    assert.deepEqual(await bytesOf(again), await bytesOf(undisturbed));
    assert.deepEqual({ ...result, seconds: 0 }, { ...expected, seconds: 0 });
  });
});

/** Evaluates at the end, in `pieces`; each looks at the parameter, and all are needed for the score. */
const piecewise =
  (pieces: number, onPiece: (at: number) => void) => ({ near }: Toy["params"]): Partial<Stage> => ({
    evaluate: async ({ done, between }) => {
      const seen = (done as number[] | null) ?? [];
      while (seen.length < pieces) {
        seen.push((await readValues(near))[0]);
        onPiece(seen.length);
        await between(seen);
      }
      return { score: seen.reduce((a, b) => a + b, 0), eligible: true };
    },
  });

Deno.test("runStage stopped inside an evaluation goes on with its next piece and trains nothing again", async () => {
  const undisturbed = toy(3, piecewise(4, () => {}));
  const expected = await runStage(undisturbed.stage, options());
  await withFile(async (checkpointFile) => {
    const pieces: number[] = [];
    let asked = 0;
    const stopping = options({ checkpointFile, shouldStop: () => ++asked === 3 + 2 });
    await assert.rejects(runStage(toy(3, piecewise(4, (at) => pieces.push(at))).stage, stopping), {
      name: "Stopped",
      message: /stage 1 after step 3 of 3/,
    });
    const resumed = toy(3, piecewise(4, (at) => pieces.push(at)));
    resumed.stage.loss = () => assert.fail("trained again");
    const result = await runStage(resumed.stage, options({ checkpointFile }));
    assert.deepEqual(pieces, [1, 2, 3, 4]);
    assert.deepEqual({ ...result, seconds: 0 }, { ...expected, seconds: 0 });
    assert.deepEqual(await bytesOf(resumed), await bytesOf(undisturbed));
  });
});

Deno.test("runStage loses at most a minute at a kill, be it in steps or in an evaluation", async () => {
  await withFile(async (checkpointFile) => {
    let time = 0, seconds = 0, savedAt = 0, lost = 0;
    const onPiece = (ms: number) => {
      time += ms;
      lost = Math.max(lost, time - savedAt); // what a kill just before the next look would cost
    };
    const one = toy(40, (params) => ({ ...piecewise(30, () => onPiece(7_000))(params), evaluateEvery: 20 }));
    await runStage(one.stage, {
      ops,
      checkpointFile,
      now: () => {
        const inFile = secondsIn(checkpointFile);
        if (inFile > seconds) [seconds, savedAt] = [inFile, time];
        return time;
      },
      onProgress: () => onPiece(11_000),
    });
    assert.equal(secondsIn(checkpointFile), 40 * 11 + 2 * 30 * 7);
    assert.ok(lost > 50_000 && lost <= 60_000, `${lost} ms`);
  });
});

Deno.test("runStage saves as often as it is told to", async () => {
  await withFile(async (checkpointFile) => {
    const steps: number[] = [];
    let time = 0;
    await runStage(toy(7).stage, {
      ops,
      checkpointFile,
      checkpointEvery: 200,
      now: () => time,
      onProgress: () => time += 50,
      shouldStop: () => {
        steps.push(stepIn(checkpointFile));
        return false;
      },
    });
    // 150 ms and the next 50 are the 200: saved after steps 3, 6 and, the last, 7.
    assert.deepEqual(steps, [0, 0, 0, 3, 3, 3, 6]);
    assert.equal(stepIn(checkpointFile), 7);
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
