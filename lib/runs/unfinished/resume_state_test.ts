import assert from "node:assert/strict";
import type { Run } from "./run.ts";
import {
  finishStates,
  isOutdated,
  markOutdated,
  openFolder,
  provenanceOf,
  removeStates,
  stateFile,
} from "./resume_state.ts";

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("stateFile differs by part, recipe's hash, backend and BLAS: none continues what another one began", () => {
  const request = { profile: "smoke", task: "mrpc", method: "bert", settings: {}, seed: 0 };
  const file = (hash: string, name: string, blas: string | null, part = "stage1") =>
    stateFile(
      { request, hash, context: { results: "r", backend: { name, blas } } } as Run,
      part,
      "safetensors",
    );
  assert.equal(
    file("0123456789abcdef", "wasm", "libopenblas.so.0"),
    "r/smoke/checkpoints/mrpc/bert-s0/stage1-0123456789ab-wasm-libopenblas.so.0.safetensors",
  );
  const all = [
    file("0123456789abcdef", "wasm", null),
    file("0123456789abcdef", "wasm", "openblas"),
    file("0123456789abcdef", "cpu", null),
    file("0123456789abcdee".replace("0", "1"), "cpu", null),
    file("0123456789abcdef", "cpu", null, "stage2"),
  ];
  assert.equal(new Set(all).size, all.length);
});

Deno.test("openFolder makes a folder, sweeps what killed writers left, and says where it cannot", () =>
  withFolder(async (folder) => {
    const inner = `${folder}/a/b`;
    await openFolder(inner);
    await Deno.writeTextFile(`${inner}/.model.safetensors.4194304-1a2b3c4d.tmp`, "half");
    await Deno.writeTextFile(`${inner}/model.safetensors`, "whole");
    await openFolder(inner);
    assert.deepEqual(names(inner), ["model.safetensors"]);
    await assert.rejects(openFolder(`${inner}/model.safetensors`), {
      name: "InputError",
      message: /Cannot use the folder .*model\.safetensors/,
    });
  }));

Deno.test("markOutdated lasts until the states are finished, which keeps the model and nothing else", () =>
  withFolder(async (folder) => {
    const model = ["config.json", "model.safetensors", "planner.safetensors", "vocab.txt"];
    const states = [
      "stage1-0123456789ab-wasm.safetensors",
      "stage3-ba9876543210-cpu.safetensors",
      "evaluation-0123456789ab-wasm.json",
    ];
    for (const name of [...model, ...states]) await Deno.writeTextFile(`${folder}/${name}`, "");
    await markOutdated(folder);
    await removeStates(folder);
    assert.deepEqual(names(folder), [...model, "record-is-outdated"].sort());
    assert.equal(await isOutdated(folder), true);
    for (const name of states) await Deno.writeTextFile(`${folder}/${name}`, "");
    await finishStates(folder);
    await finishStates(folder);
    assert.deepEqual(names(folder), model);
    assert.equal(await isOutdated(folder), false);
  }));

Deno.test("provenanceOf names every version of the code that had a part in the run, until it is finished", () =>
  withFolder(async (folder) => {
    const file = `${folder}/begun-by-0123456789ab-wasm.json`;
    const [a, b] = ["aaaa", "bbbb"].map((libHash) => ({ commit: `of ${libHash}`, libHash }));
    assert.deepEqual(await provenanceOf(file, a), a);
    assert.deepEqual(await provenanceOf(file, a), a);
    assert.deepEqual(await provenanceOf(file, b), { commit: null, libHash: "aaaa+bbbb" });
    assert.deepEqual(await provenanceOf(file, a), { commit: null, libHash: "aaaa+bbbb" });
    await finishStates(folder);
    assert.deepEqual(await provenanceOf(file, b), b);
  }));

Deno.test("provenanceOf does not take what cannot be read for a run that begins", () =>
  withFolder(async (folder) => {
    const now = { commit: null, libHash: "aaaa" };
    await Deno.mkdir(`${folder}/begun-by-0123456789ab-wasm.json`);
    await Deno.writeTextFile(`${folder}/begun-by-0123456789ab-cpu.json`, '["bb');
    for (const [backend, message] of [["wasm", /Cannot read/], ["cpu", /not complete JSON.* --fresh/]]) {
      const found = provenanceOf(`${folder}/begun-by-0123456789ab-${backend}.json`, now);
      await assert.rejects(found, { name: "InputError", message });
    }
  }));
