import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { startBackend } from "../tensor/mod.ts";
import { ensureRuns, referenceProfile } from "./ensure.ts";
import { exampleRecord, exampleTiming } from "./records/example_records.ts";
import type { Grid } from "./grid/grid.ts";
import type { RunRecord } from "./records/record.ts";
import { Stopped } from "../train/mod.ts";
import { writeRun } from "./records/store.ts";

const grid: Grid = {
  profile: "glue",
  tasks: ["mrpc"],
  methods: [{ method: "bert" }, { method: "dpbert" }],
  seeds: [0],
};
const noBackend = () => Promise.reject(new Error("nothing should be trained"));

async function put(folder: string, changes: Partial<RunRecord>): Promise<void> {
  const record = exampleRecord(changes);
  const { profile, task, method, setting, seed } = record;
  const timing = exampleTiming({ profile, task, method, setting, seed });
  await writeRun(folder, { record, timing, predictions: [], curve: [] });
}

/** Two empty results folders: the reader's own and the reference. */
async function withFolders(work: (own: string, committed: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "dpbert-ensure-" });
  try {
    await work(join(folder, "own"), join(folder, "committed"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const asked = (own: string, env: Record<string, string> = {}) =>
  readConfig({ DPB_PROFILE: "glue", DPB_RESULTS: own, DPB_BLAS: "off", ...env });

Deno.test("ensureRuns prefers own records, then complete reference records", () =>
  withFolders(async (own, committed) => {
    for (const method of ["bert", "dpbert"]) await put(committed, { method });
    const options = { config: asked(own, { DPB_SEEDS: "1" }), openBackend: noBackend, committed };
    assert.equal((await ensureRuns(grid, options)).resultsDir, committed);
    for (const method of ["bert", "dpbert"]) await put(own, { method });
    const { records, timings, resultsDir } = await ensureRuns(grid, options);
    assert.equal(resultsDir, own);
    assert.deepEqual(records.map(({ method }) => method), ["bert", "dpbert"]);
    assert.equal(timings.length, 2);
  }));

Deno.test("ensureRuns trains nothing where some of the grid has run: the rest stays missing", () =>
  withFolders(async (own, committed) => {
    await put(own, { method: "bert" });
    const config = asked(own, { DPB_TASKS: "mrpc" });
    const { records } = await ensureRuns(grid, { config, openBackend: noBackend, committed });
    assert.deepEqual(records.map(({ method }) => method), ["bert"]);
  }));

Deno.test("ensureRuns takes a part of the reference only where nothing was asked for", () =>
  withFolders(async (own, committed) => {
    await put(committed, { method: "bert" });
    const partly = await ensureRuns(grid, { config: asked(own), openBackend: noBackend, committed });
    assert.deepEqual(partly.records.map(({ method }) => method), ["bert"]);
    const config = asked(own, { DPB_TASKS: "mrpc" });
    await assert.rejects(
      ensureRuns(grid, { config, openBackend: noBackend, committed }),
      /nothing should be/,
    );
  }));

Deno.test("ensureRuns trains the grid where there is nothing, and nothing the second time", () =>
  withFolders(async (own, committed) => {
    const config = asked(own, { DPB_PROFILE: "smoke" });
    const smoke = { ...grid, profile: "smoke", methods: [{ method: "bert" }] };
    const openBackend = () => startBackend("wasm", { blas: "off" });
    const first = await ensureRuns(smoke, { config, openBackend, committed });
    assert.deepEqual(first.records.map(({ task, method, seed }) => [task, method, seed]), [[
      "mrpc",
      "bert",
      0,
    ]]);
    assert.equal(first.resultsDir, own);
    assert.deepEqual(await ensureRuns(smoke, { config, openBackend: noBackend, committed }), first);
  }));

Deno.test("ensureRuns stopped in the second of two runs trains the rest of it when it is asked again", () =>
  withFolders(async (own, committed) => {
    const config = asked(own, { DPB_PROFILE: "smoke" });
    const smoke = { ...grid, profile: "smoke", methods: [{ method: "bert", settings: { epochs: 0.2 } }] };
    const two = { ...smoke, seeds: [0, 1] }, openBackend = () => startBackend("wasm", { blas: "off" });
    let runs: [string, number][] = [];
    const options = {
      config,
      openBackend,
      committed,
      onProgress: (run: string, { step }: { step: number }) => void runs.push([run, step]),
    };
    const seeds = () => new Set(runs.map(([run]) => run.slice(-2)));
    await assert.rejects(ensureRuns(two, { ...options, shouldStop: () => seeds().size === 2 }), Stopped);
    const [, stoppedAt] = runs.at(-1)!;
    runs = [];
    const { records } = await ensureRuns(two, options);
    assert.deepEqual(records.map(({ seed }) => seed), [0, 1]);
    assert.deepEqual([runs[0][1], seeds()], [stoppedAt + 1, new Set(["s1"])]);
    assert.deepEqual([...Deno.readDirSync(join(own, "smoke/checkpoints"))].map(({ name }) => name), ["mrpc"]);
  }));

Deno.test("referenceProfile is the first that has reference records: micro, then glue; micro without any", () =>
  withFolders(async (_, committed) => {
    assert.equal(await referenceProfile(committed), "micro");
    await put(committed, {});
    assert.equal(await referenceProfile(committed), "glue");
    await put(committed, { profile: "micro" });
    assert.equal(await referenceProfile(committed), "micro");
  }));
