import assert from "node:assert/strict";
import { openPasses } from "./passes.ts";

async function withFile(body: (file: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/evaluation.json`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const idle = { now: () => 0 };

Deno.test("openPasses gives a stopped pass and the finished ones before it back to the next process", () =>
  withFile(async (file) => {
    const first = await openPasses(file, { ...idle, shouldStop: () => false });
    assert.equal(first("dev").done, null);
    await first("dev").between({ rows: 9 });
    assert.equal(await Deno.stat(file).then(() => true, () => false), false); // nothing to save in no time
    let stop = false;
    const second = await openPasses(file, { ...idle, shouldStop: () => stop });
    await second("dev").between({ rows: 9 });
    stop = true;
    await assert.rejects(second("shuffled").between({ rows: 4, score: 0.1 + 0.2 }), {
      name: "Stopped",
      message: /while evaluating/,
    });
    const third = await openPasses(file, idle);
    assert.deepEqual(third("dev").done, { rows: 9 });
    assert.deepEqual(third("shuffled").done, { rows: 4, score: 0.1 + 0.2 });
    assert.equal(third("everyLayer").done, null);
  }));

Deno.test("openPasses saves as soon as the next batch could cost more than it may", () =>
  withFile(async (file) => {
    let time = 0;
    const pass = (await openPasses(file, { now: () => time, checkpointEvery: 100 }))("dev");
    const saved: number[] = [];
    for (let rows = 1; rows <= 6; rows++) {
      time += 40;
      await pass.between({ rows });
      saved.push(JSON.parse(await Deno.readTextFile(file).catch(() => '{"dev":{"rows":0}}')).dev.rows);
    }
    assert.deepEqual(saved, [0, 2, 2, 4, 4, 6]); // 80 ms and the next 40 are more than 100
  }));

Deno.test("openPasses begins again where its file is cut off or zeros", () =>
  withFile(async (file) => {
    for (const broken of ['{"dev":{"rows"', "", "\0\0\0\0"]) {
      await Deno.writeTextFile(file, broken);
      assert.equal((await openPasses(file, idle))("dev").done, null);
    }
  }));
