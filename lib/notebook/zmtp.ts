/**
 * The little of ZeroMQ that a Jupyter client needs: ZMTP 3.0 over TCP with the NULL mechanism, as a DEALER or a
 * SUB socket (rfc.zeromq.org/spec/23). In plain TypeScript because the native binding crashes Deno now and then.
 */

/** One connected socket. */
export interface Socket {
  /** Sends one message of several frames. */
  send(frames: Uint8Array[]): Promise<void>;
  /** The next message; undefined when the connection is closed. */
  receive(): Promise<Uint8Array[] | undefined>;
  close(): void;
}

const more = 1;
const long = 2;
const command = 4;

/** Connects to a socket on this machine; a SUB gets every message. Throws `Error` if nobody listens or it is no ZMTP 3 peer. */
export async function connectSocket(type: "DEALER" | "SUB", port: number): Promise<Socket> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    const take = byteReader(connection);
    await write(connection, greeting());
    const peer = await take(64);
    if (peer?.[0] !== 0xff || peer[10] < 3) throw new Error(`No ZMTP 3 peer at port ${port}.`);
    await write(connection, frame(command, readyCommand(type)));
    await readFrame(take); // the peer's own READY
    if (type === "SUB") await write(connection, frame(0, Uint8Array.of(1))); // 1 and an empty prefix: all topics
    let writing = Promise.resolve();
    return {
      send: (frames) => writing = writing.then(() => write(connection, message(frames))),
      receive: () => readMessage(take),
      close: () => connection.close(),
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Signature, version 3.0, mechanism NULL, padded to 64 bytes. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(ascii("NULL"), 12);
  return bytes;
}

function readyCommand(type: string): Uint8Array {
  return join([
    Uint8Array.of(5),
    ascii("READY"),
    ...[["Socket-Type", type], ["Identity", ""]].flatMap(([name, value]) => [
      Uint8Array.of(name.length),
      ascii(name),
      Uint8Array.of(0, 0, 0, value.length),
      ascii(value),
    ]),
  ]);
}

/** All frames of a message in one buffer. */
export function message(frames: Uint8Array[]): Uint8Array {
  return join(frames.map((body, at) => frame(at < frames.length - 1 ? more : 0, body)));
}

/** Flags, size (one byte, or eight for bodies above 255 bytes), body. */
function frame(flags: number, body: Uint8Array): Uint8Array {
  if (body.length <= 255) return join([Uint8Array.of(flags, body.length), body]);
  const head = new Uint8Array(9);
  head[0] = flags | long;
  new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  return join([head, body]);
}

/** Gives the next `count` bytes of a stream; undefined when it ends before. */
type Take = (count: number) => Promise<Uint8Array | undefined>;

/** Reads one message; commands of the peer are skipped. Undefined at the end of the stream. */
export async function readMessage(take: Take): Promise<Uint8Array[] | undefined> {
  const frames: Uint8Array[] = [];
  for (;;) {
    const next = await readFrame(take);
    if (!next) return undefined;
    if (next.flags & command) continue;
    frames.push(next.body);
    if (!(next.flags & more)) return frames;
  }
}

async function readFrame(take: Take): Promise<{ flags: number; body: Uint8Array } | undefined> {
  const flags = (await take(1))?.[0];
  if (flags === undefined) return undefined;
  const size = await take(flags & long ? 8 : 1);
  if (!size) return undefined;
  const count = flags & long ? Number(new DataView(size.buffer, size.byteOffset).getBigUint64(0)) : size[0];
  const body = await take(count);
  return body && { flags, body };
}

/** A `Take` over a connection; a connection closed on our side ends the stream. */
export function byteReader(source: { read(into: Uint8Array): Promise<number | null> }): Take {
  let held = new Uint8Array(0);
  const chunk = new Uint8Array(65536);
  return async (count) => {
    const parts = [held];
    for (let length = held.length; length < count;) {
      const read = await source.read(chunk).catch(() => null);
      if (read === null) return undefined;
      parts.push(chunk.slice(0, read));
      length += read;
    }
    const all = parts.length === 1 ? held : join(parts);
    held = all.subarray(count);
    return all.subarray(0, count);
  };
}

async function write(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
