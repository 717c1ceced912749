import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { startBackend } from "../../tensor/mod.ts";
import { finishedRuns } from "./finished.ts";
import { keyOf, type RunRequest } from "../grid/grid.ts";
import { markOutdated } from "../unfinished/resume_state.ts";
import { checkpointFolder } from "../unfinished/run.ts";
import { findRecord, runPaths } from "../records/store.ts";
import { trainRun } from "../unit.ts";

const backend = await startBackend("wasm", { blas: "off" });
const config = readConfig({});
const request: RunRequest = {
  profile: "smoke",
  task: "mrpc",
  method: "bert",
  settings: { epochs: 0.2 },
  seed: 0,
};

Deno.test("finishedRuns gives the record that trainRun would return untouched, and null where that has work to do", async () => {
  const results = await Deno.makeTempDir(), key = keyOf(request);
  /** Asked anew, as the next process would. */
  const ask = (asked = request) => finishedRuns({ config, results })(asked);
  try {
    assert.equal(await ask(), null);
    const record = await trainRun(request, { config, backend, results, now: () => 0 });
    assert.deepEqual(await ask(), record);
    assert.equal(await ask({ ...request, seed: 1 }), null);

    const state = `${checkpointFolder(results, request)}/stage1-0123456789ab-wasm.safetensors`;
    await Deno.writeTextFile(state, "of a run that was killed before it could remove this");
    assert.equal(await ask(), null);
    await Deno.remove(state);
    await markOutdated(checkpointFolder(results, request));
    assert.equal(await ask(), null);
    await trainRun(request, { config, backend, results, now: () => 0 });
    assert.deepEqual(await ask(), await findRecord(results, key));

    const { record: file } = runPaths(results, key);
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace(/"recipeHash": "...../, '"recipeHash": "00000'));
    assert.equal(await ask(), null); // of other rows, weights or defaults
    await Deno.writeTextFile(file, text.slice(0, 100));
    await assert.rejects(ask(), { name: "InputError", message: /not complete JSON/ });
    await markOutdated(checkpointFolder(results, request)); // it is being replaced, so nobody needs it
    assert.equal(await ask(), null);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});
