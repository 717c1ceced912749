import assert from "node:assert/strict";
import { followLines } from "./lines.ts";

/** A stream of these texts' bytes, cut where the list says. */
function stream(parts: Uint8Array[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(parts) as ReadableStream<Uint8Array>;
}

Deno.test("followLines gives whole lines wherever the bytes are cut, without blank ones, the last without its break", async () => {
  const bytes = new TextEncoder().encode("ä one\r\n\n  two\n");
  for (let at = 0; at <= bytes.length; at++) {
    const lines: string[] = [];
    await followLines(stream([bytes.slice(0, at), bytes.slice(at)]), (line) => lines.push(line)).done;
    assert.deepEqual(lines, ["ä one", "  two"]);
  }
  const lines: string[] = [];
  await followLines(stream([new TextEncoder().encode("no break")]), (line) => lines.push(line)).done;
  assert.deepEqual(lines, ["no break"]);
});

Deno.test("followLines stops a stream that never ends, and passes on what its listener throws", async () => {
  const endless = followLines(new ReadableStream({ pull: () => new Promise(() => {}) }), () => {});
  await endless.stop();
  const throwing = followLines(stream([new TextEncoder().encode("a\n")]), () => {
    throw new Error("no more");
  });
  await assert.rejects(throwing.done, { message: "no more" });
});
