import assert from "node:assert/strict";
import { openAlone, whileLocked } from "./alone.ts";

const names = (folder: string) => Array.from(Deno.readDirSync(folder), (entry) => entry.name);

Deno.test("whileLocked lets one work after the other, and leaves no lock", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lock = `${folder}/deep/lock`, order: string[] = [];
    const begun = Promise.withResolvers<void>(), end = Promise.withResolvers<void>();
    const first = whileLocked(lock, {}, async () => {
      begun.resolve();
      await end.promise;
      order.push("first");
    });
    await begun.promise;
    const untilFirst = () => (end.resolve(), first);
    await whileLocked(lock, { wait: untilFirst }, () => Promise.resolve(void order.push("second")));
    assert.deepEqual(order, ["first", "second"]);
    assert.deepEqual(names(`${folder}/deep`), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openAlone waits until the file is let go, and says once for what", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = await openAlone(`${folder}/file`, {}), lines: string[] = [], waited: number[] = [];
    const wait = (ms: number) => {
      if (waited.push(ms) === 3) first.close();
      return Promise.resolve();
    };
    const watch = { note: (line: string) => void lines.push(line) };
    (await openAlone(`${folder}/file`, { watch, wait, pauseMs: 5 })).close();
    assert.deepEqual(waited, [5, 5, 5]);
    assert.deepEqual(lines, [`another process is at work on ${folder}/file; waiting for it`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
