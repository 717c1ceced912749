import assert from "node:assert/strict";
import { alternate, type Contestant, startContestant } from "./contestant.ts";

const answering = `
console.log(JSON.stringify({ version: "7" }));
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
for await (const line of lines) console.log(JSON.stringify({ ms: Array(JSON.parse(line).steps).fill(3) }));`;

const evaluated = (code: string) => ({
  name: "it",
  command: Deno.execPath(),
  args: ["eval", "--no-config", code],
});

Deno.test("startContestant hears what a process says of itself and the milliseconds of its rounds", async () => {
  const contestant = await startContestant(evaluated(answering));
  try {
    assert.deepEqual(contestant.about, { version: "7" });
    assert.deepEqual(await contestant.rounds(2), [3, 3]);
    assert.deepEqual(await contestant.rounds(1), [3]);
  } finally {
    await contestant.close();
  }
});

Deno.test("startContestant names a contestant that is not there, and one that dies, with its last words", async () => {
  await assert.rejects(
    startContestant({ name: "PyTorch", command: "no-such-python", args: [] }),
    /^InputError: PyTorch does not start: /,
  );
  await assert.rejects(
    startContestant(evaluated("console.error('no module named torch'); Deno.exit(1)")),
    { name: "InputError", message: "it ended before it had answered: no module named torch." },
  );
});

Deno.test("alternate takes turns, and its first turn warms up only", async () => {
  const order: string[] = [];
  const contestant = (name: string, ms: number[]): Contestant => ({
    name,
    about: {},
    rounds: (count) => (order.push(name), Promise.resolve(Array(count).fill(ms.shift()))),
    peakMemoryMb: () => null,
    close: () => Promise.resolve(),
  });
  const measured = await alternate([contestant("a", [90, 1, 3]), contestant("b", [90, 2, 4])], 2, 3);
  assert.equal(order.join(""), "ababab");
  assert.deepEqual(measured.map(({ medianMs, blockMedianMs, rounds }) => [medianMs, blockMedianMs, rounds]), [
    [3, [1, 3], 6],
    [4, [2, 4], 6],
  ]);
});
