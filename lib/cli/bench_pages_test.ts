import assert from "node:assert/strict";
import { join } from "node:path";
import { benchPages, refreshBenchPages, writeBench } from "./bench_pages.ts";

const measured = {
  backend: "wasm",
  blas: null,
  adapter: null,
  machine: { cpu: "a processor", cores: 2, os: "linux" },
  load: null,
  deno: "2.9.6",
  latency: { shape: "1 x 8", tokens: 4, examples: 5, fullMedianMs: 10, atDepth: [] },
};

Deno.test("writeBench leaves what was measured and a page that leads to it; refreshBenchPages writes the page again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.equal((await writeBench(folder, "latency", measured)).name, "latency");
    assert.deepEqual(JSON.parse(await Deno.readTextFile(join(folder, "latency.json"))), measured);
    const page = await Deno.readTextFile(join(folder, "latency.md"));
    assert.match(page, /load unknown\. Measured: \[latency\.json\]\(latency\.json\)\.\n/);
    await Deno.remove(join(folder, "latency.md"));
    assert.deepEqual(await refreshBenchPages(folder), [join(folder, "latency.md")]);
    assert.equal(await Deno.readTextFile(join(folder, "latency.md")), page);
    await Deno.writeTextFile(join(folder, "latency.json"), "{");
    await assert.rejects(refreshBenchPages(folder), /latency\.json is not complete JSON .*measure it again/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every benchmark has a name of its own", () => {
  assert.equal(new Set(benchPages.map(({ name }) => name)).size, benchPages.length);
});
