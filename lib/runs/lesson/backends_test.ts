import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import {
  compareBackend,
  comparedBackends,
  comparedSteps,
  lossGap,
  recordReference,
  type Reference,
  startChoice,
} from "./backends.ts";
import { stageNames } from "./lesson.ts";

const config = readConfig({ DPB_BLAS: Deno.env.get("DPB_BLAS") ?? "auto" });

/** The smoke model trained on the reference backend, once for all tests here. */
let recorded: Promise<Reference> | null = null;
const reference = () => recorded ??= recordReference(config);

Deno.test("the reference samples both actions and plans a path for every dev row", async () => {
  const { stages, paths } = await reference();
  assert.ok(stageNames.every((stage) => stages[stage].losses.length >= comparedSteps));
  const actions = stages.stage3.actions.slice(0, comparedSteps).flat().flatMap(({ actions }) => [...actions]);
  const executed = actions.filter((action) => action === 1).length / actions.length;
  assert.ok(executed > 0.1 && executed < 0.95, `${executed}`);
  assert.ok(paths.length === 32 && paths.every((path) => /^[01]{4}$/.test(path)));
});

for (const choice of comparedBackends) {
  const started = await startChoice(choice, config), ignore = typeof started === "string";
  const name = `${choice.title} trains every stage to the reference's losses and plans its paths`;
  Deno.test({
    name: ignore ? `${name} (ignored: ${started})` : name,
    ignore,
    fn: async () => {
      const found = await compareBackend(await reference(), choice);
      assert.ok("gaps" in found);
      for (const stage of stageNames) {
        assert.ok(found.gaps[stage].last < 1e-3, `${stage}: ${found.gaps[stage].last}`);
      }
      assert.ok(found.draws.compared > 500, JSON.stringify(found.draws));
      assert.equal(found.draws.different, 0);
      assert.deepEqual([found.differentPaths, found.devRows], [0, 32]);
    },
  });
}

Deno.test("lossGap is relative to the reference's loss", () => {
  // 0.01 of 2 and 0.01 of 1; steps that were not compared do not count.
  const { last, largest } = lossGap([2.01, 0.99], [2, 1, 7]);
  assert.ok(Math.abs(last - 0.01) < 1e-9 && Math.abs(largest - 0.01) < 1e-9);
  assert.equal(lossGap([3, 1], [2, 1]).largest, 0.5);
});

/** Runs TypeScript in a process of its own, in this folder. */
async function child(source: string, env: Record<string, string>) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", source],
    env: { NO_COLOR: "1", ...env },
    cwd: new URL(".", import.meta.url).pathname,
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

const webgpu = comparedBackends.find(({ name }) => name === "webgpu")!;
const noGpu = typeof await startChoice(webgpu, config) === "string";

/** Trains on WebGPU and saves after every step; with `LOSE`, the GPU goes away after step 3. */
const training = `
  import { readConfig } from "../../config.ts";
  import { startBackend } from "../../tensor/mod.ts";
  import { tf } from "../../tensor/tf.ts";
  import { trainRun } from "../unit.ts";
  const request = { profile: "smoke", task: "sst-2", method: "bert", settings: { epochs: 1 }, seed: 0 };
  const steps = [];
  const onProgress = (_run, { step }) => {
    steps.push(step);
    if (step === 3 && Deno.env.get("LOSE")) setTimeout(() => tf.backend().device.destroy(), 1);
  };
  const record = await trainRun(request, {
    config: readConfig({}),
    backend: await startBackend("webgpu"),
    results: Deno.env.get("RESULTS"),
    now: () => performance.now(),
    checkpointEvery: 0,
    onProgress,
  }).catch((error) => console.log(error.name + ": " + error.message));
  console.log("began with step", steps[0], record ? "and scored " + record.metrics.score : "");
`;

Deno.test({
  name: `a GPU lost in the middle ends training with a reason, and the same command continues${
    noGpu ? " (ignored: no WebGPU adapter here)" : ""
  }`,
  ignore: noGpu,
  fn: async () => {
    const results = await Deno.makeTempDir();
    try {
      const lost = await child(training, { RESULTS: results, LOSE: "1" });
      assert.match(
        lost.text,
        /^InputError: The GPU .*The same command \(without --fresh\) continues from what was saved/m,
      );
      assert.match(lost.text, /began with step 1 $/m);
      const again = await child(training, { RESULTS: results });
      assert.match(again.text, /began with step [3-9] and scored \d/);
      assert.deepEqual([lost.code, again.code], [0, 0], lost.text + again.text);
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  },
});
