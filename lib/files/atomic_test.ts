import assert from "node:assert/strict";
import { inFolder } from "./in_folder.ts";
import { join } from "node:path";
import { replaceFile, sweepTemporaries, writeAtomic, writeBytes } from "./atomic.ts";
import { InputError } from "../errors.ts";
import { openLocked } from "./locked_file.ts";

/** Runs `body` with a fresh folder, removed afterwards. */
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

/** Names of the temporary files a killed and a living writer of `a.txt` leave, the living one's handle open. */
async function twoWriters(folder: string) {
  const dead = ".a.txt.4194304-0badcafe.tmp", living = ".a.txt.4194304-00c0ffee.tmp";
  await Deno.writeTextFile(join(folder, dead), "half a fi");
  const handle = (await openLocked(join(folder, living)))!;
  return { dead, living, handle };
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

Deno.test("writeAtomic removes what killed writers of the same file left, never what a living one writes", () =>
  inFolder(async (folder) => {
    const { living, handle } = await twoWriters(folder);
    const other = ".b.txt.4194304-0badcafe.tmp", earlier = "a.txt.4194304-0badcafe.tmp";
    for (const name of [other, earlier]) await Deno.writeTextFile(join(folder, name), "half");
    await writeAtomic(join(folder, "a.txt"), "whole");
    assert.deepEqual(namesIn(folder), [living, other, "a.txt"].sort());
    handle.close();
    await writeAtomic(join(folder, "a.txt"), "again");
    assert.deepEqual(namesIn(folder), [other, "a.txt"].sort());
  }));

Deno.test("sweepTemporaries removes the dead temporary files of every name and nothing that looks like none", () =>
  inFolder(async (folder) => {
    const { living, handle } = await twoWriters(folder);
    const kept = ["a.txt", "notes.tmp", "stage1.safetensors", ".hidden"];
    for (const name of kept) await Deno.writeTextFile(join(folder, name), "");
    await Deno.writeTextFile(join(folder, ".stage1.safetensors.7-1a2b3c4d.tmp"), "half");
    await sweepTemporaries(folder);
    assert.deepEqual(namesIn(folder), [...kept, living].sort());
    handle.close();
  }));

Deno.test("replaceFile writes under a locked temporary name and keeps the old file when the writing fails", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await writeAtomic(path, "old");
    const failing = replaceFile(path, async (file) => {
      await writeBytes(file, new Uint8Array(10));
      const [temporary] = namesIn(folder).filter((name) => name.endsWith(".tmp"));
      assert.match(temporary, /^\.a\.bin\.\d+-[\da-f]{8}\.tmp$/);
      assert.equal(await openLocked(join(folder, temporary)), null);
      throw new InputError("a value that does not fit");
    });
    await assert.rejects(failing, { name: "InputError", message: "a value that does not fit" });
    assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(namesIn(folder), ["a.bin"]);
  }));

Deno.test("writeAtomic of the same file by many at once ends with one of them, whole, and nothing else", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.txt"), texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(1000));
    await Promise.all(texts.map((text) => writeAtomic(path, text)));
    assert.ok(texts.includes(await Deno.readTextFile(path)));
    assert.deepEqual(namesIn(folder), ["a.txt"]);
  }));

const onWindows = Deno.build.os === "windows"; // it does not open folders

Deno.test("writeAtomic has the bytes on the disk before it renames, and the new name after it", {
  ignore: onWindows,
}, () =>
  inFolder(async (folder) => {
    const { rename, FsFile } = Deno, { sync } = FsFile.prototype;
    const order: string[] = [];
    FsFile.prototype.sync = async function () {
      order.push((await this.stat()).isDirectory ? "folder" : `${(await this.stat()).size} bytes`);
      await sync.call(this);
    };
    Deno.rename = (from, to) => (order.push("rename"), rename(from, to));
    try {
      await writeAtomic(join(folder, "a.txt"), "1234");
      await writeAtomic(join(folder, "new", "er", "a.txt"), "1");
    } finally {
      FsFile.prototype.sync = sync;
      Deno.rename = rename;
    }
    const made = ["folder", "folder"]; // each new folder's name lies in the one above
    assert.deepEqual(order, ["4 bytes", "rename", "folder", ...made, "1 bytes", "rename", "folder"]);
  }));
