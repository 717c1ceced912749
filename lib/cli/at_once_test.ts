import assert from "node:assert/strict";
import { atOnce } from "./at_once.ts";

const moment = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("atOnce begins in order and has never more than its jobs running: at most two of five", async () => {
  const begun: number[] = [];
  let running = 0, most = 0;
  await atOnce([1, 2, 3, 4, 5], { jobs: 2 }, async (item) => {
    begun.push(item);
    most = Math.max(most, ++running);
    await moment();
    running--;
  });
  assert.deepEqual([begun, most], [[1, 2, 3, 4, 5], 2]);
});

Deno.test("atOnce throws the first failure when the others have stopped, and begins no more", async () => {
  const ended: string[] = [];
  const failing = atOnce(["bad", "slow", "later"], { jobs: 2 }, async (item, stop) => {
    if (item === "bad") throw new Error("the first");
    while (!stop.aborted) await moment();
    ended.push(item);
    throw new Error("stopped");
  });
  await assert.rejects(failing, { message: "the first" });
  assert.deepEqual(ended, ["slow"]);
});

Deno.test("atOnce passes on that it is to stop", async () => {
  const asked = new AbortController();
  const heard: boolean[] = [];
  await atOnce([1], { jobs: 4, stop: asked.signal }, async (_item, stop) => {
    asked.abort();
    await moment();
    heard.push(stop.aborted);
  });
  assert.deepEqual(heard, [true]);
});
