import assert from "node:assert/strict";
import { byteReader, connectSocket, message, readMessage } from "./zmtp.ts";

/** A source that gives `bytes` in pieces of `size`. */
function inPieces(bytes: Uint8Array, size: number) {
  let at = 0;
  return {
    read(into: Uint8Array): Promise<number | null> {
      const piece = bytes.subarray(at, at + size);
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length || null);
    },
  };
}

Deno.test("message writes flags, size and body per frame: short, more, long", () => {
  assert.deepEqual([...message([Uint8Array.of(7, 8), Uint8Array.of()])], [1, 2, 7, 8, 0, 0]);
  assert.deepEqual([...message([new Uint8Array(256)]).subarray(0, 9)], [2, 0, 0, 0, 0, 0, 0, 1, 0]);
});

Deno.test("readMessage reads frames of every size from pieces of every size and skips commands", async () => {
  const frames = [0, 1, 255, 256, 100_000].map((length) => new Uint8Array(length).fill(length % 251));
  const bytes = Uint8Array.of(4, 2, 9, 9, ...message(frames), ...message([Uint8Array.of(1)]));
  for (const size of [1, 7, 4096, 65536]) {
    const take = byteReader(inPieces(bytes, size));
    assert.deepEqual(await readMessage(take), frames);
    assert.deepEqual(await readMessage(take), [Uint8Array.of(1)]);
    assert.equal(await readMessage(take), undefined);
  }
});

Deno.test("readMessage ends at a stream that is cut in the middle of a frame", async () => {
  assert.equal(await readMessage(byteReader(inPieces(Uint8Array.of(0, 5, 1, 2), 64))), undefined);
});

Deno.test("connectSocket greets as ZMTP 3.0 with NULL and refuses a peer that does not", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard = (async () => {
    const connection = await listener.accept();
    const greeting = await byteReader(connection)(64);
    await connection.write(new Uint8Array(64)); // no signature
    await connection.read(new Uint8Array(1)).catch(() => null); // until the other side closes
    connection.close();
    return greeting!;
  })();
  const { port } = listener.addr as Deno.NetAddr;
  await assert.rejects(connectSocket("SUB", port), /No ZMTP 3 peer/);
  const greeting = await heard;
  assert.deepEqual([greeting[0], greeting[9], greeting[10]], [0xff, 0x7f, 3]);
  assert.equal(new TextDecoder().decode(greeting.subarray(12, 16)), "NULL");
  listener.close();
  await assert.rejects(connectSocket("DEALER", port));
});
