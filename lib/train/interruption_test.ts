import assert from "node:assert/strict";
import { pauses, Stopped } from "./interruption.ts";

/** Pauses after pieces of those lengths (ms); the times at which it saved. */
async function savesAfter(pieces: number[], checkpointEvery?: number): Promise<number[]> {
  let time = 0;
  const saves: number[] = [];
  const save = () => Promise.resolve(void saves.push(time));
  const pause = pauses({ now: () => time, checkpointEvery }, save, () => "stopped");
  for (const piece of pieces) {
    time += piece;
    await pause();
  }
  return saves;
}

Deno.test("pauses saves before the piece that could cost more than it may, a minute unless told otherwise", async () => {
  assert.deepEqual(await savesAfter([20_000, 20_000, 20_000, 20_000]), [40_000, 80_000]);
  assert.deepEqual(await savesAfter([20, 20, 20, 20, 20], 80), [60]);
  assert.deepEqual(await savesAfter([90_000, 90_000]), [90_000, 180_000]); // longer than it may be: after each
});

Deno.test("pauses saves and then throws Stopped when asked to stop, and lets timers through before it asks", async () => {
  let saves = 0, asked = false;
  const save = () => Promise.resolve(void saves++);
  setTimeout(() => asked = true, 0);
  for (const due = performance.now() + 5; performance.now() < due;); // a piece of work, as long as a timer takes
  const pause = pauses({ now: () => 0, shouldStop: () => asked }, save, () => "after step 3");
  await assert.rejects(pause(), (error) => error instanceof Stopped && error.message === "after step 3");
  assert.equal(saves, 1);
});

Deno.test("pauses does not throw Stopped where the state could not be saved: that error comes first", async () => {
  const pause = pauses(
    { now: () => 0, shouldStop: () => true },
    () => Promise.reject(new Error("disk full")),
    () => "",
  );
  await assert.rejects(pause(), /disk full/);
});
