import assert from "node:assert/strict";
import { withLock } from "./lock.ts";

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const exists = (file: string) => Deno.stat(file).then(() => true, () => false);

Deno.test("withLock holds a file with its process id while it works, makes its folder, and removes it", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/a/b.lock`;
    const result = await withLock(file, async () => {
      assert.equal(await Deno.readTextFile(file), String(Deno.pid));
      return 7;
    });
    assert.equal(result, 7);
    assert.equal(await exists(file), false);
  });
});

Deno.test("withLock removes its file when the work fails", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/b.lock`;
    await assert.rejects(withLock(file, () => Promise.reject(new Error("broken"))), /broken/);
    assert.equal(await exists(file), false);
  });
});

Deno.test("withLock lets one work at a time", async () => {
  await withFolder(async (folder) => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} in`);
      await new Promise((resume) => setTimeout(resume, 20));
      events.push(`${name} out`);
    };
    const first = withLock(`${folder}/c.lock`, work("a"));
    await Promise.all([first, withLock(`${folder}/c.lock`, work("b"))]);
    assert.deepEqual(events.map((event) => event.slice(2)), ["in", "out", "in", "out"]);
  });
});

Deno.test("withLock takes over the lock of a process that is gone", async () => {
  await withFolder(async (folder) => {
    const gone = new Deno.Command(Deno.execPath(), { args: ["eval", "0"] }).spawn();
    await gone.status;
    await Deno.writeTextFile(`${folder}/d.lock`, String(gone.pid));
    assert.equal(await withLock(`${folder}/d.lock`, () => Promise.resolve("mine")), "mine");
  });
});

Deno.test("withLock takes over a lock left under its own process id: in a container a new run may have the old one's", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/e.lock`, String(Deno.pid));
    assert.equal(await withLock(`${folder}/e.lock`, () => Promise.resolve("mine")), "mine");
  });
});

Deno.test("withLock in a place that cannot be written is an InputError", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/plain`, "");
    await assert.rejects(withLock(`${folder}/plain/f.lock`, () => Promise.resolve()), {
      name: "InputError",
      message: /plain/,
    });
  });
});
