import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { readConfig } from "../config.ts";
import { writeSmokeGlue } from "../micro/mod.ts";
import { exampleRecord } from "../runs/records/example_records.ts";
import { gridOf } from "../runs/grid/profiles.ts";
import { runPaths } from "../runs/records/store.ts";
import {
  backendFinding,
  backendOf,
  dataFindings,
  diskFinding,
  memoryFinding,
  type Plan,
  resultsFinding,
  weightsFinding,
} from "./grid_findings.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function put(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** What the environment `env` alone asks for; weights are looked for in `folder`. */
function planOf(folder: string, env: Record<string, string>): Plan {
  const config = readConfig({ HF_HOME: folder, DPB_RESULTS: join(folder, "results"), ...env });
  return { config, grid: gridOf(config) };
}

const smoke = { DPB_PROFILE: "smoke" };
const glue = { DPB_PROFILE: "glue", DPB_TASKS: "mrpc,sst-2", DPB_SEEDS: "1" };

Deno.test("dataFindings reads what each task of the grid needs, and names what is missing or broken", () =>
  withFolder(async (folder) => {
    await writeSmokeGlue(folder, { seed: 0, tasks: ["sst-2"] });
    await put(join(folder, "MRPC", "train.tsv"), "Quality\tbroken\n");
    const [mrpc, sst2] = await dataFindings(planOf(folder, { ...glue, DPB_GLUE_DIR: folder }));
    assert.equal(mrpc.state, "needed");
    assert.match(mrpc.found, /^MRPC\/(train|dev)\.tsv/);
    assert.equal(sst2.state, "optional");
    assert.match(sst2.fix!, /put GLUE's own files there, or unset DPB_GLUE_DIR/);
    assert.match(
      sst2.found,
      /^\d+ train, \d+ dev rows in .*SST-2; SST-2\/train\.tsv: found \d+ rows, GLUE's own/,
    );
  }));

Deno.test("dataFindings needs the GLUE folder for glue and not for smoke", () =>
  withFolder(async (folder) => {
    const lost = { DPB_GLUE_DIR: join(folder, "none") };
    const states = async (env: Record<string, string>) =>
      (await dataFindings(planOf(folder, env))).map(({ state }) => state);
    assert.deepEqual(await states({ ...glue, ...lost }), ["needed"]);
    assert.deepEqual(await states({ ...smoke, ...lost }), ["there", "optional"]);
  }));

const bertBase = {
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 512,
};

Deno.test("dataFindings leaves to reproduce what it fetches, but not offline nor where a folder is begun", () =>
  withFolder(async (folder) => {
    const found = async (env: Record<string, string>) =>
      (await dataFindings(planOf(folder, { ...glue, ...env }), folder)).map((one) =>
        `${one.state} ${one.found}`
      );
    // the sizes that are pinned: three files of MRPC, SST-2.zip
    assert.deepEqual(await found({}), ["optional not there yet (1.5 MB)", "optional not there yet (7.4 MB)"]);
    for (const line of await found({ DPB_OFFLINE: "1" })) assert.match(line, /^needed .*setup --glue/);
    await put(join(folder, "MRPC", "train.tsv"), "");
    assert.match((await found({}))[0], /^needed .*MRPC lacks /);
  }));

Deno.test("weightsFinding leaves MiniLM to reproduce, offline needs it, and needs every file of DPB_BERT_DIR", () =>
  withFolder(async (folder) => {
    const toFetch = await weightsFinding(planOf(folder, glue));
    assert.deepEqual([toFetch.state, toFetch.found], ["optional", "not there yet (91.6 MB)"]);
    assert.match(toFetch.fix!, /`reproduce` fetches it/);
    const missing = await weightsFinding(planOf(folder, { ...glue, DPB_OFFLINE: "1" }));
    assert.equal(missing.state, "needed");
    assert.match(missing.found, /lacks config\.json.*setup --weights minilm/);
    assert.equal((await weightsFinding(planOf(folder, smoke))).state, "optional");

    const own = planOf(folder, { ...glue, DPB_BERT_DIR: folder });
    await put(join(folder, "config.json"), JSON.stringify(bertBase));
    await put(join(folder, "model.safetensors"), "");
    assert.match((await weightsFinding(own)).found, /has no vocab\.txt/);
    await put(join(folder, "vocab.txt"), "");
    assert.match((await weightsFinding(own)).found, /^12 layers x 768 in /);
  }));

Deno.test("resultsFinding accepts a folder that is not there yet, leaves nothing in it, and refuses a file in the way", () =>
  withFolder(async (folder) => {
    const results = (path: string) => resultsFinding(planOf(folder, { DPB_RESULTS: join(folder, path) }));
    assert.equal((await results("not/there/yet")).state, "there");
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await put(join(folder, "file"), "");
    const refused = await results("file/results");
    assert.equal(refused.state, "needed");
    assert.match(refused.fix!, /--into/);
  }));

Deno.test("diskFinding counts the runs without a record and compares their weights with the free space", () =>
  withFolder(async (folder) => {
    const plan = { ...planOf(folder, { ...glue, DPB_OFFLINE: "1" }), jobs: 1 };
    const disk = (gigabytes: number) => diskFinding(plan, () => Promise.resolve(gigabytes * 1e9));
    const all = await disk(1);
    // 4 models of 90.9 MB and 8 times the 43.2 MB that are trained
    assert.equal(
      `${all.state} ${all.found.slice(0, 52)}`,
      "there 1.0 GB free, 4 runs without a record need 709 MB (we",
    );
    assert.equal((await disk(0.7)).state, "needed");
    const done = exampleRecord({ setting: "t0.6" });
    await put(runPaths(plan.config.results, done).record, JSON.stringify(done));
    assert.match((await disk(1)).found, /3 runs without a record need 619 MB/);
  }));

Deno.test("diskFinding adds what is downloaded: MiniLM and the tasks that are not there", () =>
  withFolder(async (folder) => {
    const plan = { ...planOf(folder, glue), jobs: 1 };
    const disk = (bytes: number) => diskFinding(plan, () => Promise.resolve(bytes), folder);
    assert.match((await disk(1e9)).found, /need 709 MB .*, downloads 100\.5 MB$/); // 91.6 + 1.5 + 7.4
    assert.deepEqual([(await disk(0.8e9)).state, (await disk(0.82e9)).state], ["needed", "there"]);
  }));

Deno.test("memoryFinding compares the formula with what is free, and with the end of wasm's heap", () =>
  withFolder(async (folder) => {
    const plan = planOf(folder, glue);
    assert.equal((await memoryFinding(plan, "wasm", 3e9)).state, "there");
    assert.equal((await memoryFinding(plan, "wasm", 2e9)).state, "needed");
    await put(join(folder, "config.json"), JSON.stringify(bertBase));
    const base = planOf(folder, { ...glue, DPB_BERT_DIR: folder });
    const wasm = await memoryFinding(base, "wasm", 64e9);
    assert.equal(wasm.state, "needed");
    assert.match(`${wasm.found} ${wasm.fix}`, /heap of wasm, which ends at 4\.3 GB.*DPB_BACKEND=webgpu/);
    assert.equal((await memoryFinding(base, "webgpu", 64e9)).state, "there");
    const unknown = await memoryFinding(
      planOf(folder, { ...glue, DPB_BERT_DIR: join(folder, "none") }),
      "wasm",
      64e9,
    );
    assert.equal(unknown.found, "could not be looked at (the model's config is not known)");
  }));

Deno.test("backendFinding says which backend serves and why, or that it would be measured", () =>
  withFolder(async (folder) => {
    const planned = await backendOf(planOf(folder, { ...smoke, DPB_BACKEND: "cpu" }));
    assert.equal(backendFinding(planned).found, "cpu: DPB_BACKEND names it");
    const unmeasured = { name: null, why: "not measured yet", key: "" };
    assert.match(
      backendFinding(unmeasured).found,
      /^webgpu or wasm: not measured yet, so each does a few steps/,
    );
  }));
