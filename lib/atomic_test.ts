import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAtomic } from "./atomic.ts";
import { InputError } from "./errors.ts";

/** Runs `body` with a fresh folder, removed afterwards. */
async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeAtomic replaces a file, takes bytes and leaves nothing else behind", () =>
  inFolder(async (folder) => {
    const file = join(folder, "deep", "a.txt");
    await writeAtomic(file, "old");
    await writeAtomic(file, new Uint8Array([110, 101, 119]));
    assert.equal(await Deno.readTextFile(file), "new");
    assert.deepEqual([...Deno.readDirSync(join(folder, "deep"))].map((entry) => entry.name), ["a.txt"]);
  }));

Deno.test("writeAtomic names a place that cannot be written", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "in the way");
    const target = join(folder, "file", "a.json");
    await assert.rejects(writeAtomic(target, "x"), (error) => {
      assert(error instanceof InputError);
      assert(error.message.includes(target));
      return true;
    });
  }));

Deno.test("writeAtomic leaves the old file and no temporary one when it cannot write", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "taken", "full"), { recursive: true });
    await assert.rejects(writeAtomic(join(folder, "taken"), "x"));
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["taken"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
