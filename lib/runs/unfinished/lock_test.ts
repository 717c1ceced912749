import assert from "node:assert/strict";
import { Stopped } from "../../train/mod.ts";
import { withLock } from "./lock.ts";

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A process that holds the lock `file` until it is killed. */
async function holderOf(file: string): Promise<Deno.ChildProcess> {
  const lock = new URL("lock.ts", import.meta.url);
  const code = `import { withLock } from "${lock}";
    await withLock(${
    JSON.stringify(file)
  }, () => { console.log("held"); return new Promise((r) => setTimeout(r, 1e6)); });`;
  const holder = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  for await (const chunk of holder.stdout) {
    if (chunk.length > 0) break;
  }
  return holder;
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

Deno.test("withLock takes over the lock of a process that is gone, and says so", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/d.lock`;
    const owner = await holderOf(file);
    owner.kill("SIGKILL");
    await owner.status;
    const notes: string[] = [];
    assert.equal(
      await withLock(file, () => Promise.resolve("mine"), { onNote: (text) => notes.push(text) }),
      "mine",
    );
    assert.deepEqual(notes, [
      `process ${owner.pid} ended in the middle of this run; continuing from what it saved`,
    ]);
    await withLock(file, () => Promise.resolve(), { onNote: (text) => assert.fail(text) });
  });
});

Deno.test("withLock takes over a lock left under its own or another living process's id: ids are used again", async () => {
  await withFolder(async (folder) => {
    for (const pid of [Deno.pid, Deno.ppid, 1]) {
      await Deno.writeTextFile(`${folder}/e.lock`, String(pid));
      assert.equal(await withLock(`${folder}/e.lock`, () => Promise.resolve("mine")), "mine");
    }
  });
});

Deno.test("withLock waits for a living process, says which one, and stops waiting when asked to", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/g.lock`;
    const owner = await holderOf(file);
    let note = "";
    const waiting = withLock(file, () => assert.fail("two at a time"), {
      onNote: (text) => note = text,
      shouldStop: () => note !== "",
    });
    await assert.rejects(
      waiting,
      (error) => error instanceof Stopped && /g\.lock; nothing was changed/.test(error.message),
    );
    assert.equal(note, `waiting for process ${owner.pid}, which works on the same run`);
    owner.kill("SIGKILL");
    await owner.status;
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
