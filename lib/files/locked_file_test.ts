import assert from "node:assert/strict";
import { openLocked } from "./locked_file.ts";

async function withFile(body: (file: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/a.lock`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openLocked gives a file to one holder at a time, to the next when it is closed", () =>
  withFile(async (file) => {
    const first = await openLocked(file);
    assert.ok(first);
    assert.equal(await openLocked(file), null);
    first.close();
    const second = await openLocked(file);
    assert.ok(second);
    second.close();
  }));

Deno.test("openLocked makes a new file for the next holder when the last one removed its own", () =>
  withFile(async (file) => {
    const first = (await openLocked(file))!;
    await Deno.remove(file);
    const second = (await openLocked(file))!;
    assert.equal((await Deno.stat(file)).ino, (await second.stat()).ino);
    assert.equal(await openLocked(file), null);
    first.close();
    second.close();
  }));

Deno.test("openLocked never gives a file to two holders, although each removes it before letting go", () =>
  withFile(async (file) => {
    let holders = 0, held = 0;
    const worker = async () => {
      while (held < 300) {
        const lock = await openLocked(file);
        if (!lock) continue;
        assert.equal(++holders, 1);
        await Promise.resolve();
        held++;
        holders--; // from its removal on, the next one may make a new file
        await Deno.remove(file);
        lock.close();
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
  }));

Deno.test("openLocked of a place that does not exist throws", () =>
  withFile((file) => assert.rejects(openLocked(`${file}/no/where`), Deno.errors.NotFound)));
