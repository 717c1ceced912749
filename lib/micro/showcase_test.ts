import assert from "node:assert/strict";
import { microSplits } from "./examples.ts";
import { showcase } from "./showcase.ts";

Deno.test("showcase has each level once, in order, and its rows are rows of dev: SST-2 from 0 to 8", () => {
  const shown = showcase("sst-2"), { dev } = microSplits("sst-2", { seed: 0, rows: { train: 0 } });
  assert.deepEqual(shown.map(({ level }) => level), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  for (const example of shown) {
    assert.deepEqual(dev!.find(({ level }) => level === example.level), example);
  }
});
