import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { smokeRows } from "../micro/mod.ts";
import { leaves, liveTensors, startBackend } from "../tensor/mod.ts";
import { predictAll } from "../methods/mod.ts";
import { Stopped } from "../train/mod.ts";
import type { RunRequest } from "./grid/grid.ts";
import { keyOf } from "./grid/grid.ts";
import { hasModel } from "./models.ts";
import { predictionRows } from "./records/outcome.ts";
import {
  findRecord,
  findTiming,
  readCurve,
  readPredictions,
  runName,
  runPaths,
  settingSlug,
} from "./records/store.ts";
import { disposeModel } from "./models.ts";
import { openModel } from "./finished/trained_model.ts";
import { checkpointFolder, type RunContext } from "./unfinished/run.ts";
import { trainRun } from "./unit.ts";
import { readTaskData } from "./sources/task_data.ts";

const backend = await startBackend("wasm", { blas: Deno.env.get("DPB_BLAS") ?? "auto" });

/** Steps of stage 1 as epochs, of whatever number of rows the smoke files have. */
function epochsOf(steps: number): number {
  const rows = smokeRows.train - Math.round(smokeRows.train / 10);
  return Number((steps / Math.ceil(rows / 8)).toFixed(4));
}

/** A few steps of each stage. */
const stage1 = { epochs: epochsOf(6) };
const short = { ...stage1, "stage2.steps": 3, "stage3.steps": 6 };
const request = (changes: Partial<RunRequest> = {}): RunRequest => ({
  profile: "smoke",
  task: "mrpc",
  method: "dpbert",
  settings: short,
  seed: 0,
  ...changes,
});

function contextIn(results: string, changes: Partial<RunContext> = {}): RunContext {
  return { config: readConfig({}), backend, results, now: () => 0, ...changes };
}

async function withResults(body: (results: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Every file under `folder`, its path from there on, and its bytes as text. */
function filesUnder(folder: string, prefix = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const inner = isDirectory
      ? filesUnder(`${folder}/${name}`, `${prefix}${name}/`)
      : [[prefix + name, new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`))] as const];
    for (const [file, text] of inner) files.set(file, text);
  }
  return files;
}

const deterministic = (files: Map<string, string>) =>
  [...files].filter(([name]) => !name.includes("/timings/")).sort(([a], [b]) => a < b ? -1 : 1);

/** What a run of the standard request leaves, made once. */
let standard: Promise<{ files: Map<string, string>; results: string }> | null = null;
function standardRun() {
  standard ??= (async () => {
    const results = await Deno.makeTempDir();
    await trainRun(request(), contextIn(results));
    return { results, files: filesUnder(results) };
  })();
  return standard;
}

Deno.test("trainRun trains a missing parent first and leaves record, timing, paths, curve and weights of both", async () => {
  const { results, files } = await standardRun();
  const slug = settingSlug(short), parent = runName("bert", settingSlug(stage1), 0);
  const record = (await findRecord(results, keyOf(request())))!;
  assert.equal(record.parent, parent);
  assert.deepEqual([record.setting, record.backend, record.path.numLayers], [slug, "wasm", 4]);
  assert.equal(record.metrics.score, (record.metrics.accuracy + record.metrics.f1) / 2);
  assert.ok(record.flops.meanPerExample <= record.flops.fullPerExample * 1.01);
  assert.ok(record.controls && typeof record.controls.shuffledPathsScore === "number");
  assert.deepEqual(
    [...files.keys()].filter((name) => !name.includes("checkpoints")).sort(),
    [parent, `dpbert-${slug}-s0`].flatMap((name) =>
      ["curves", "paths", "runs", "timings"].map((kind) =>
        `smoke/${kind}/mrpc/${name}.${kind === "curves" ? "jsonl" : kind === "paths" ? "tsv" : "json"}`
      )
    ).sort(),
  );
  // No resume state, no lock, no temporary file is left; the weights are.
  const kept = [...files.keys()].filter((name) => name.includes("checkpoints/"));
  assert.deepEqual(
    new Set(kept.map((name) => name.split("/").at(-1))),
    new Set([
      "config.json",
      "model.safetensors",
      "planner.safetensors",
      "tokenizer_config.json",
      "vocab.txt",
    ]),
  );
  const predictions = await readPredictions(results, keyOf(request()));
  assert.ok(predictions.every(({ path }) => /^[01]{4}$/.test(path)));
  assert.deepEqual(
    new Set((await readCurve(results, keyOf(request()))).map(({ stage }) => stage)),
    new Set(["stage2", "stage3"]),
  );
  assert.deepEqual(Object.keys((await findTiming(results, keyOf(request())))!.seconds), ["stage2", "stage3"]);
});

Deno.test("trainRun returns a finished run without training", async () => {
  const { results, files } = await standardRun();
  const idle = contextIn(results, { onProgress: () => assert.fail("trained again") });
  const record = await trainRun(request(), idle);
  assert.deepEqual(record, await findRecord(results, keyOf(request())));
  assert.deepEqual(filesUnder(results), files);
  const parent = await trainRun(request({ method: "bert", settings: stage1 }), idle);
  assert.deepEqual([parent.parent, parent.path.executedShare, parent.path.distinctPaths], [
    null,
    [1, 1, 1, 1],
    1,
  ]);
});

Deno.test("trainRun stopped in every stage and continued leaves the same bytes as undisturbed", async () => {
  const { files } = await standardRun();
  await withResults(async (results) => {
    let steps = 0, stops = 0;
    const stopping = contextIn(results, { shouldStop: () => ++steps % 4 === 0 });
    for (;;) {
      const done = await trainRun(request(), stopping).catch((error) => {
        assert.ok(error instanceof Stopped, String(error));
        stops++;
      });
      if (done) break;
      assert.ok(stops < 30);
    }
    assert.ok(stops >= 3, String(stops));
    assert.deepEqual(deterministic(filesUnder(results)), deterministic(files));
  });
});

Deno.test("trainRun trains a parent again whose weights were deleted, with fresh any run, to the same bytes", async () => {
  await withResults(async (results) => {
    await trainRun(bertRequest, contextIn(results));
    const before = filesUnder(results);
    await Deno.remove(checkpointFolder(results, bertRequest), { recursive: true });
    await trainRun(bertRequest, contextIn(results, { fresh: true }));
    assert.deepEqual(deterministic(filesUnder(results)), deterministic(before));
    await Deno.remove(checkpointFolder(results, bertRequest), { recursive: true });
    await trainRun(request(), contextIn(results));
    assert.ok(await hasModel(checkpointFolder(results, bertRequest)));
  });
});

const bertRequest = request({ method: "bert", settings: stage1 });

/** Ends the run after so many looks at `shouldStop`, as a kill after a checkpoint would. */
async function stoppedAfter(looks: number, run: RunRequest, context: RunContext) {
  let looked = 0;
  await assert.rejects(trainRun(run, { ...context, shouldStop: () => ++looked === looks }), Stopped);
}

/** Steps, in their order, that `work` trains. */
async function stepsOf(context: RunContext, work: (context: RunContext) => Promise<unknown>) {
  const steps: number[] = [];
  await work({ ...context, onProgress: (_run, { step }) => steps.push(step) });
  return steps;
}

Deno.test("trainRun frees its model where it is stopped, in every stage", async () => {
  await withResults(async (results) => {
    const context = contextIn(results), live = liveTensors();
    await stoppedAfter(2, bertRequest, context);
    assert.equal(liveTensors(), live);
    await trainRun(bertRequest, context);
    for (const stage of ["stage 2", "stage 3"]) {
      let reached = "";
      const stopping = {
        ...context,
        onProgress: (_run: string, progress: { stage: string }) => void (reached = progress.stage),
        shouldStop: () => reached === stage,
      };
      await assert.rejects(trainRun(request(), stopping), Stopped);
      assert.deepEqual([reached, liveTensors()], [stage, live]);
    }
  });
});

Deno.test("trainRun with fresh, ended in the middle, keeps the old record until the run is continued without fresh", async () => {
  await withResults(async (results) => {
    const context = contextIn(results), { record } = runPaths(results, keyOf(bertRequest));
    await trainRun(bertRequest, context);
    const trained = await Deno.readTextFile(record);
    const old = trained.replace(/"libHash": "\w/, '"libHash": "old-');
    await Deno.writeTextFile(record, old);
    await stoppedAfter(3, bertRequest, { ...context, fresh: true });
    assert.equal(await Deno.readTextFile(record), old);
    const continued = await stepsOf(context, (context) => trainRun(bertRequest, context));
    assert.deepEqual(continued, [4, 5, 6]);
    assert.equal(await Deno.readTextFile(record), trained);
    assert.deepEqual(await stepsOf(context, (context) => trainRun(bertRequest, context)), []);
  });
});

Deno.test("trainRun with fresh replaces a record that cannot be read; without, it names it", async () => {
  await withResults(async (results) => {
    const context = contextIn(results), { record } = runPaths(results, keyOf(bertRequest));
    await trainRun(bertRequest, context);
    const trained = await Deno.readTextFile(record);
    await Deno.writeTextFile(record, trained.slice(0, 200));
    await assert.rejects(trainRun(bertRequest, context), {
      name: "InputError",
      message: /bert-.*not complete JSON/,
    });
    await trainRun(bertRequest, { ...context, fresh: true });
    assert.equal(await Deno.readTextFile(record), trained);
  });
});

Deno.test("trainRun continues a parent that is trained again for its deleted weights where it was ended", async () => {
  await withResults(async (results) => {
    const context = contextIn(results);
    await trainRun(bertRequest, context);
    await Deno.remove(checkpointFolder(results, bertRequest), { recursive: true });
    await stoppedAfter(4, request(), context);
    const steps = await stepsOf(context, (context) => trainRun(request(), context));
    assert.deepEqual(steps.slice(0, 4), [4, 5, 6, 1]); // of stage 1, then stage 2
    assert.deepEqual(deterministic(filesUnder(results)), deterministic((await standardRun()).files));
  });
});

Deno.test("trainRun makes a parent's damaged weights again and says so", async () => {
  await withResults(async (results) => {
    const notes: string[] = [], context = contextIn(results, { onNote: (text) => notes.push(text) });
    await trainRun(bertRequest, context);
    const weights = `${checkpointFolder(results, bertRequest)}/model.safetensors`;
    await Deno.truncate(weights, 1000);
    await trainRun(request(), context);
    assert.ok(
      notes.some((note) => /weights it starts from cannot be used.*model\.safetensors/.test(note)),
      `${notes}`,
    );
    assert.deepEqual(deterministic(filesUnder(results)), deterministic((await standardRun()).files));
  });
});

Deno.test("trainRun begins a stage again whose checkpoint is damaged, says so, and ends in the same bytes", async () => {
  await withResults(async (results) => {
    const notes: string[] = [], context = contextIn(results, { onNote: (text) => notes.push(text) });
    await stoppedAfter(4, bertRequest, context);
    const folder = checkpointFolder(results, bertRequest);
    const [state] = [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("stage1"));
    await Deno.truncate(`${folder}/${state.name}`, 5000);
    await trainRun(request(), context);
    assert.match(notes.join("\n"), /^bert-\S+: .*stage1-.*cut short.* stage 1 begins again\.$/m);
    assert.deepEqual(deterministic(filesUnder(results)), deterministic((await standardRun()).files));
  });
});

Deno.test("trainRun of a finished run sweeps what a kill after its record left", async () => {
  const { results, files } = await standardRun();
  const folder = checkpointFolder(results, request());
  for (const name of [".stage3.safetensors.4194304-1a2b3c4d.tmp", "stage3-0123456789ab-wasm.safetensors"]) {
    await Deno.writeTextFile(`${folder}/${name}`, "left over");
  }
  await trainRun(request(), contextIn(results));
  assert.deepEqual(filesUnder(results), files);
});

Deno.test("trainRun does not continue from the resume state of another recipe", async () => {
  await withResults(async (results) => {
    let steps = 0;
    await assert.rejects(
      trainRun(bertRequest, contextIn(results, { shouldStop: () => ++steps === 3 })),
      Stopped,
    );
    // Another default, other rows or other weights give another hash under the same name.
    const folder = checkpointFolder(results, bertRequest);
    const [state] = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      name.startsWith("stage1")
    );
    await Deno.rename(`${folder}/${state}`, `${folder}/stage1-0123456789ab-wasm.safetensors`);
    let first = 0;
    await trainRun(bertRequest, contextIn(results, { onProgress: (_run, { step }) => first ||= step }));
    assert.equal(first, 1);
    assert.ok([...Deno.readDirSync(folder)].every(({ name }) => !name.startsWith("stage")));
  });
});

Deno.test("openModel is the model whose predictions were recorded; disposeModel frees it", async () => {
  const { results } = await standardRun();
  const live = liveTensors(), context = contextIn(results);
  const model = (await openModel(request(), context))!;
  const data = await readTaskData(model.sources, 32, 0);
  const outcome = await predictAll(model.backbone, "classification", data.dev, () => model.method);
  assert.deepEqual(
    predictionRows(model.sources.task, data.devExamples, outcome),
    await readPredictions(results, keyOf(request())),
  );
  assert.equal(leaves(model.parts.planner).length, 8);
  disposeModel(model);
  assert.equal(liveTensors(), live);
  await withResults(async (copy) => {
    const folder = checkpointFolder(copy, request());
    await Deno.mkdir(folder, { recursive: true });
    for (const { name } of Deno.readDirSync(checkpointFolder(results, request()))) {
      const to = `${folder}/${name}`;
      if (name !== "planner.safetensors") {
        await Deno.copyFile(`${checkpointFolder(results, request())}/${name}`, to);
      }
    }
    await assert.rejects(openModel(request(), contextIn(copy)), { name: "InputError", message: /planner/ });
    assert.equal(liveTensors(), live);
  });
  assert.equal(await openModel(request({ seed: 9 }), context), null);
});

Deno.test("trainRun trains a regression and MNLI, whose second dev set has predictions of its own", async () => {
  await withResults(async (results) => {
    const bert = (task: string) => request({ task, method: "bert", settings: stage1 });
    const scores = await trainRun(bert("sts-b"), contextIn(results));
    assert.deepEqual(Object.keys(scores.metrics).sort(), ["pearson", "score", "spearman"]);
    const mnli = await trainRun(bert("mnli"), contextIn(results));
    assert.equal(mnli.metrics.score, mnli.metrics.matched);
    assert.ok((await Deno.stat(runPaths(results, keyOf(bert("mnli"))).mismatched)).size > 0);
  });
});

Deno.test("trainRun refuses unknown methods, tasks and settings before it writes anything", async () => {
  await withResults(async (results) => {
    const refused = (changes: Partial<RunRequest>, message: RegExp) =>
      assert.rejects(trainRun(request(changes), contextIn(results)), { name: "InputError", message });
    await refused({ method: "dbpert" }, /Unknown method "dbpert".*bert, bert-first-k, dpbert/);
    await refused({ method: "constructor" }, /Unknown method/);
    await refused({ task: "mprc" }, /mprc/);
    await refused({ task: "wnli" }, /wnli/);
    await refused({ settings: { targetrate: 1 } }, /--set targetrate/);
    await refused({ settings: { targetRate: 7 } }, /targetRate=7: /);
    assert.deepEqual([...filesUnder(results)], []);
  });
});

Deno.test("trainRun with results that cannot be written is an InputError before any training", async () => {
  await withResults(async (results) => {
    await Deno.writeTextFile(`${results}/plain`, "");
    const context = contextIn(`${results}/plain`, { onProgress: () => assert.fail("trained") });
    await assert.rejects(trainRun(request(), context), { name: "InputError", message: /plain/ });
    assert.deepEqual([...filesUnder(results)], [["plain", ""]]);
  });
});

Deno.test("trainRun that diverges names setting and step, writes no record and keeps no lock", async () => {
  await withResults(async (results) => {
    const settings = { ...stage1, "stage1.learningRate": 1, "stage1.clipNorm": 1e30, "stage1.warmup": 0 };
    const wild = request({ method: "bert", settings });
    const poisoned = {
      ...backend,
      ops: {
        ...backend.ops,
        adamw: (...[param, gradient, moments, scale, step]: Parameters<typeof backend.ops.adamw>) =>
          backend.ops.adamw(param, gradient, moments, scale, { ...step, learningRate: 1e38 }),
      },
    };
    await assert.rejects(trainRun(wild, contextIn(results, { backend: poisoned })), {
      name: "InputError",
      message: /(stage 1: .* is NaN at step \d+|output for example).*stage1\.learningRate/,
    });
    assert.ok([...filesUnder(results).keys()].every((name) => !/runs|\.lock|\.tmp/.test(name)));
  });
});

Deno.test("the standard run's folder is removed", async () => {
  await Deno.remove((await standardRun()).results, { recursive: true });
});
