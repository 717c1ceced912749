/** A server on this machine, for the tests of downloads: it serves well, or as badly as it is told to. */
import { createHash } from "node:crypto";
import type { RemoteFile } from "./download.ts";

/** Where a test works. */
export interface Place {
  /** Of the server, without a slash at the end. */
  base: string;
  /** Empty, and gone after the test. */
  folder: string;
  /** What was asked for, in order: the path, and the range behind a space if there was one. */
  asked: string[];
}

/** Runs `body` while a server answers; `nth` counts the requests from 0. */
export async function withServer(
  answer: (request: Request, nth: number) => Response | Promise<Response>,
  body: (place: Place) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const range = request.headers.get("range");
    asked.push(`${new URL(request.url).pathname}${range ? ` ${range}` : ""}`);
    return answer(request, asked.length - 1);
  });
  const folder = await Deno.makeTempDir();
  try {
    await body({ base: `http://127.0.0.1:${server.addr.port}`, folder, asked });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** `length` bytes that do not repeat soon. */
export function someBytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7) % 251);
}

/** The pin of `bytes` at `url`, to be put at `path`. */
export function pinOf(bytes: Uint8Array, url: string, path: string): RemoteFile {
  return { url, path, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** As a good server answers: all, or the part asked for. */
export function serve(request: Request, bytes: Uint8Array<ArrayBuffer>): Response {
  const from = rangeOf(request);
  if (from === null) return new Response(bytes);
  if (from >= bytes.length) return new Response(null, { status: 416 });
  return new Response(bytes.subarray(from), { status: 206, headers: rangeHeader(from, bytes.length) });
}

/** As `serve`, but after byte `end` of the file the connection breaks. */
export function serveAndCut(request: Request, bytes: Uint8Array<ArrayBuffer>, end: number): Response {
  const cut = new Error("cut by the test");
  cut.stack = cut.message; // Deno prints it
  return broken(request, bytes, end, (stream) => stream.error(cut));
}

/** As `serve`, but after byte `end` of the file nothing more comes. */
export function serveAndStall(request: Request, bytes: Uint8Array<ArrayBuffer>, end: number): Response {
  return broken(request, bytes, end, () => new Promise(() => {}));
}

/** The first byte asked for, or null where the whole is. */
function rangeOf(request: Request): number | null {
  const range = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "");
  return range && Number(range[1]);
}

const rangeHeader = (from: number, length: number) => ({
  "content-range": `bytes ${from}-${length - 1}/${length}`,
});

function broken(
  request: Request,
  bytes: Uint8Array<ArrayBuffer>,
  end: number,
  after: (stream: ReadableStreamDefaultController) => void | Promise<void>,
): Response {
  const from = rangeOf(request) ?? 0;
  let sent = false;
  const body = new ReadableStream({
    pull(stream) {
      if (sent || end <= from) return after(stream);
      sent = true;
      stream.enqueue(bytes.subarray(from, end));
    },
  });
  const headers = { "content-length": String(bytes.length - from), ...rangeHeader(from, bytes.length) };
  return new Response(body, { status: from > 0 ? 206 : 200, headers });
}
