import assert from "node:assert/strict";
import { join } from "node:path";
import { benchPages, refreshBenchPages, writeBench } from "./bench_pages.ts";

const measured = { machine: { cpu: "a processor", cores: 2, os: "linux" }, load: null, outcomes: [] };

Deno.test("writeBench leaves what was measured and a page that leads to it; refreshBenchPages writes the page again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.deepEqual((await writeBench(folder, "training", measured)).map(({ name }) => name), ["training"]);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(join(folder, "training.json"))), measured);
    const page = await Deno.readTextFile(join(folder, "training.md"));
    assert.match(page, /load unknown\..*Measured: \[training\.json\]\(training\.json\)\.\n/);
    await Deno.remove(join(folder, "training.md"));
    assert.deepEqual(await refreshBenchPages(folder), [join(folder, "training.md")]);
    assert.equal(await Deno.readTextFile(join(folder, "training.md")), page);
    await Deno.writeTextFile(join(folder, "training.json"), "{");
    await assert.rejects(refreshBenchPages(folder), /training\.json is not complete JSON .*measure it again/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeBench makes every page of one measurement, and each leads to it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const tables = await writeBench(folder, "micro", { seed: 0, tasks: [], probedRows: 0, leaks: [] });
    assert.deepEqual(tables.map(({ name }) => name), ["micro_rows", "micro_leaks"]);
    assert.match(
      await Deno.readTextFile(join(folder, "micro_leaks.md")),
      /Measured: \[micro\.json\]\(micro\.json\)/,
    );
    assert.equal((await refreshBenchPages(folder)).length, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every benchmark has a name of its own", () => {
  assert.equal(new Set(benchPages.map(({ name }) => name)).size, benchPages.length);
});
