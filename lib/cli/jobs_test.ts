import assert from "node:assert/strict";
import { defaultJobs, parseJobs } from "./jobs.ts";
import { wishOf } from "./reproduce.ts";

Deno.test("parseJobs takes a whole number from 1 to 256 and refuses everything else, saying so", () => {
  assert.deepEqual([parseJobs("1"), parseJobs("256"), parseJobs(undefined)], [1, 256, null]);
  for (const text of ["0", "257", "-1", "1.5", "two", "", "1e2", "9999999999"]) {
    assert.throws(() => parseJobs(text), { name: "InputError", message: /--jobs .*from 1 to 256/ }, text);
  }
});

Deno.test("defaultJobs is one on a GPU, and on a processor at least one and at most the runs", async () => {
  const wish = wishOf(["--tasks", "sst-2"], {}); // bert and dpbert
  assert.equal(await defaultJobs(wish, "webgpu"), 1);
  assert.ok([1, 2].includes(await defaultJobs(wish, "wasm")));
});
