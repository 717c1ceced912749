import assert from "node:assert/strict";
import { floatTensor, readValues, setValues, startBackend, variable } from "../tensor/mod.ts";
import { adamW } from "./adamw.ts";
import { loadCheckpoint, type LoadedCheckpoint, restore, saveCheckpoint, snapshot } from "./checkpoint.ts";

await startBackend("wasm");

const leaf = (path: string, values: number[]) => ({
  path,
  param: variable(floatTensor(values, [values.length])),
});
const optimizerOf = (leaves: ReturnType<typeof leaf>[]) =>
  adamW([{ name: "g", leaves, schedule: () => 1, weightDecay: 0, clipNorm: 1 }]);

function usable(loaded: LoadedCheckpoint | null) {
  assert.ok(loaded && "progress" in loaded, JSON.stringify(loaded));
  return loaded;
}

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("snapshot copies values that later training does not touch; restore puts them back", async () => {
  const leaves = [leaf("a", [1, 2])];
  const saved = await snapshot(leaves);
  setValues(leaves[0].param, new Float32Array([8, 9]));
  assert.deepEqual([...saved.get("a")!.data], [1, 2]);
  restore(leaves, saved);
  assert.deepEqual([...await readValues(leaves[0].param)], [1, 2]);
});

Deno.test("restore refuses a snapshot that lacks a parameter or has it in another shape", () => {
  const leaves = [leaf("a", [1, 2])];
  assert.throws(() => restore(leaves, new Map()), {
    name: "InputError",
    message: /nothing for "a", expected \[2\]/,
  });
  const other = new Map([["a", { shape: [3], data: new Float32Array(3) }]]);
  assert.throws(() => restore(leaves, other), { name: "InputError", message: /shape \[3\] for "a"/ });
});

Deno.test("saveCheckpoint and loadCheckpoint bring back parameters, moments, best and progress", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/state.safetensors`;
    const leaves = [leaf("a", [1, 2]), leaf("b", [3])], optimizer = optimizerOf(leaves);
    setValues(optimizer.moments.get("a")!.first, new Float32Array([4, 5]));
    setValues(optimizer.moments.get("b")!.second, new Float32Array([6]));
    setValues(leaves[0].param, new Float32Array([7, 7]));
    const best = await snapshot(leaves);
    setValues(leaves[0].param, new Float32Array([1, 2]));
    await saveCheckpoint(file, leaves, optimizer, best, { step: 3 });

    const fresh = [leaf("a", [0, 0]), leaf("b", [0])], other = optimizerOf(fresh);
    const loaded = usable(await loadCheckpoint(file, fresh, other));
    assert.deepEqual(loaded.progress, { step: 3 });
    assert.deepEqual([...loaded.best!.get("a")!.data], [7, 7]);
    assert.deepEqual([...await readValues(fresh[0].param)], [1, 2]);
    assert.deepEqual([...await readValues(other.moments.get("a")!.first)], [4, 5]);
    assert.deepEqual([...await readValues(other.moments.get("b")!.second)], [6]);
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["state.safetensors"]);
  });
});

Deno.test("loadCheckpoint gives null without a file, and no best where none was saved", async () => {
  await withFolder(async (folder) => {
    const leaves = [leaf("a", [1])], optimizer = optimizerOf(leaves);
    assert.equal(await loadCheckpoint(`${folder}/none`, leaves, optimizer), null);
    const file = `${folder}/state.safetensors`;
    await saveCheckpoint(file, leaves, optimizer, null, { step: 1 });
    assert.equal(usable(await loadCheckpoint(file, leaves, optimizer)).best, null);
  });
});

Deno.test("loadCheckpoint finds every damaged byte, cut and zeroed page unusable and changes no parameter", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/state.safetensors`;
    const leaves = [leaf("a", [1, 2, 3, 4])], optimizer = optimizerOf(leaves);
    const best = new Map([["a", { shape: [4], data: new Float32Array([7, 7, 7, 7]) }]]);
    await saveCheckpoint(file, leaves, optimizer, best, { step: 3, curve: [0.25] });
    const whole = await Deno.readFile(file);
    const fresh = [leaf("a", [9, 9, 9, 9])], other = optimizerOf(fresh);
    const refused = async (bytes: Uint8Array, what: string) => {
      await Deno.writeFile(file, bytes);
      const loaded = await loadCheckpoint(file, fresh, other);
      assert.ok(loaded && "unusable" in loaded, what);
      assert.match(loaded.unusable, /state\.safetensors.*\.$/, what);
      assert.deepEqual([...await readValues(fresh[0].param)], [9, 9, 9, 9], what);
    };
    for (const [at, byte] of whole.entries()) {
      if (byte === 0x20) continue; // the padding of the header, which nobody reads
      await refused(whole.with(at, byte ^ 1), `byte ${at} of ${whole.length}`);
    }
    for (const length of [0, 7, 8, 100, whole.length - 1]) {
      await refused(whole.slice(0, length), `${length} bytes`);
    }
    await refused(new Uint8Array(whole.length), "zeros");
    await Deno.writeFile(file, whole);
    usable(await loadCheckpoint(file, fresh, other));
    assert.deepEqual([...await readValues(fresh[0].param)], [1, 2, 3, 4]);
  });
});

Deno.test("loadCheckpoint of other parameters, or without its moments, says which and changes nothing", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/state.safetensors`;
    const leaves = [leaf("a", [1]), leaf("b", [2])], optimizer = optimizerOf(leaves);
    await saveCheckpoint(file, leaves, optimizer, null, { step: 1 });
    const reason = async (fresh: typeof leaves, other = optimizerOf(fresh)) => {
      const loaded = await loadCheckpoint(file, fresh, other);
      assert.ok(loaded && "unusable" in loaded);
      assert.equal((await readValues(fresh[0].param))[0], 5);
      return loaded.unusable.replace(file, "FILE");
    };
    assert.equal(await reason([leaf("a", [5]), leaf("c", [5])]), 'FILE holds nothing for "c", expected [1].');
    assert.equal(
      await reason([leaf("a", [5]), leaf("b", [5, 5])]),
      'FILE holds shape [1] for "b", expected [2].',
    );
    const both = [leaf("a", [5]), leaf("b", [5])], one = optimizerOf(both.slice(0, 1));
    one.moments.set("z", optimizerOf([leaf("z", [0])]).moments.get("z")!);
    assert.equal(await reason(both, one), 'FILE holds nothing for "z", expected [1].');
  });
});

Deno.test("loadCheckpoint that may not read its file is an InputError, so that no state is thrown away", {
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
}, async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/state.safetensors`;
    const leaves = [leaf("a", [1])], optimizer = optimizerOf(leaves);
    await saveCheckpoint(file, leaves, optimizer, null, { step: 1 });
    await Deno.chmod(file, 0);
    await assert.rejects(loadCheckpoint(file, leaves, optimizer), {
      name: "InputError",
      message: /Cannot read/,
    });
  });
});

Deno.test("saveCheckpoint refuses parameters that are not finite and keeps the file that was there", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/state.safetensors`;
    const leaves = [leaf("a", [1, 2])], optimizer = optimizerOf(leaves);
    await saveCheckpoint(file, leaves, optimizer, null, { step: 1 });
    const before = await Deno.readFile(file);
    setValues(leaves[0].param, new Float32Array([1, NaN]));
    await assert.rejects(saveCheckpoint(file, leaves, optimizer, null, { step: 2 }), {
      name: "InputError",
      message: /"a" holds NaN: training has diverged/,
    });
    assert.deepEqual(await Deno.readFile(file), before);
  });
});
