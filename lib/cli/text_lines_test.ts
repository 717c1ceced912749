import assert from "node:assert/strict";
import fc from "fast-check";
import { longestLine, type TextLine, textLines } from "./text_lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function linesOf(chunks: Uint8Array[], longest?: number): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for await (const line of textLines(ReadableStream.from(chunks), longest)) lines.push(line);
  return lines;
}

Deno.test("textLines numbers lines, with LF or CRLF, the last one with or without", async () => {
  const expected = ["one", "", "a\tb", "last"].map((text, at) => ({ number: at + 1, text, problem: null }));
  assert.deepEqual(await linesOf([bytes("one\r\n\na\tb\nlast")]), expected);
  assert.deepEqual(await linesOf([bytes("one\n\na\tb\r\nlast\n")]), expected);
  assert.deepEqual(await linesOf([]), []);
});

Deno.test("textLines gives the same lines however the bytes are cut, also inside a character", async () => {
  const cuts = fc.array(fc.nat({ max: 40 }), { maxLength: 6 });
  const text = fc.array(fc.constantFrom("a", "é", "🙂", "\n"), { maxLength: 30 }).map((parts) =>
    parts.join("")
  );
  await fc.assert(
    fc.asyncProperty(text, cuts, async (text, cuts) => {
      const whole = bytes(text);
      const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
      const chunks = places.slice(1).map((end, at) => whole.slice(places[at], end));
      const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
      const found = (await linesOf(chunks)).map((line) => line.text);
      assert.deepEqual(found, text === "" ? [] : lines);
    }),
    { seed: 7, numRuns: 200 },
  );
});

Deno.test("textLines names a line that is too long or not UTF-8, keeps none of it, and goes on", async () => {
  const lines = await linesOf([
    bytes("ok\n12345"),
    bytes("67\nand"),
    bytes(" on\n"),
    Uint8Array.of(255, 10),
    bytes("x"),
  ], 6);
  assert.deepEqual(lines.map(({ text }) => text), ["ok", "", "and on", "", "x"]);
  assert.match(lines[1].problem!, /7 bytes; expected at most 6/);
  assert.match(lines[3].problem!, /not UTF-8/);
  assert.deepEqual(lines.map(({ number }) => number), [1, 2, 3, 4, 5]);
});

Deno.test("textLines reads 50 MB without a line feed in the memory of a line", async () => {
  const chunk = new Uint8Array(65536).fill(97);
  let peak = 0;
  async function* endless() {
    for (let i = 0; i < 800; i++) {
      yield chunk;
      peak = Math.max(peak, Deno.memoryUsage().external);
    }
  }
  const before = Deno.memoryUsage().external;
  for await (const line of textLines(ReadableStream.from(endless()))) {
    assert.match(line.problem!, new RegExp(`52428800 bytes; expected at most ${longestLine}`));
  }
  assert.ok(peak - before < 20e6, `${peak - before}`);
});
