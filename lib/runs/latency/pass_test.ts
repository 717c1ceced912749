import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { liveTensors, startBackend } from "../../tensor/mod.ts";
import { keyOf } from "../grid/grid.ts";
import { measureMissingLatencies } from "./pass.ts";
import { findTiming, runPaths } from "../records/store.ts";
import { stage1Of } from "../methods/mod.ts";
import { checkpointFolder } from "../unfinished/run.ts";
import { trainRun } from "../unit.ts";

Deno.test("measureMissingLatencies times a run once, and names one whose weights are gone", async () => {
  const results = await Deno.makeTempDir();
  try {
    let clock = 0;
    const context = {
      config: readConfig({}),
      backend: await startBackend("wasm"),
      results,
      now: () => clock += 3,
    };
    const settings = { targetRate: 0.6, epochs: 1, "stage2.steps": 1, "stage3.steps": 1 };
    const dpbert = { profile: "smoke", task: "sst-2", method: "dpbert", settings, seed: 0 };
    const bert = stage1Of(dpbert);
    assert.deepEqual(bert.settings, { epochs: 1 });
    await trainRun(dpbert, context);

    const weights = `${checkpointFolder(results, bert)}/model.safetensors`,
      whole = await Deno.readFile(weights);
    await Deno.truncate(weights, 1000);
    const live = liveTensors();
    await assert.rejects(measureMissingLatencies([dpbert], context), { name: "InputError" });
    assert.equal(liveTensors(), live);
    await Deno.writeFile(weights, whole);

    await Deno.remove(checkpointFolder(results, dpbert), { recursive: true });
    assert.deepEqual(await measureMissingLatencies([bert, dpbert], context), ["sst-2 dpbert seed 0"]);
    const timing = await findTiming(results, keyOf(bert));
    assert.deepEqual([timing?.latency?.medianMs, timing?.latency?.speedup, timing?.latency?.n], [3, 1, 32]);

    // A timing that was lost is made again but for its training; two passes at once measure once.
    const { timing: file } = runPaths(results, keyOf(bert)), measured = await Deno.readTextFile(file);
    await Deno.remove(file);
    let asked = 0;
    const counting = { ...context, now: () => (asked++, context.now()) };
    await Promise.all([measureMissingLatencies([bert], counting), measureMissingLatencies([bert], counting)]);
    const again = await findTiming(results, keyOf(bert));
    assert.deepEqual([again?.seconds, again?.latency?.medianMs, asked], [{}, 3, 2 * 3 * 32]);
    assert.deepEqual(again?.machine, JSON.parse(measured).machine);

    const before = clock;
    await measureMissingLatencies([bert], context);
    assert.equal(clock, before);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});
