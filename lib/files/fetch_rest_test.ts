import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { fetchRest, reasonOf } from "./fetch_rest.ts";
import { serve, serveAndCut, someBytes, withServer } from "./local_server.ts";

const bytes = someBytes(2000);
const text = (length: number) => "x".repeat(length);

/** What one try against a server that answers so brings: the trouble, and the pieces with their places. */
async function tryOnce(
  answer: (request: Request) => Response,
  here = 0,
  patience = { answerMs: 5000, stallMs: 5000 },
) {
  const file = new Uint8Array(bytes.length);
  let first: number | null = null, asked: string[] = [], trouble = null;
  await withServer(answer, async (place) => {
    trouble = await fetchRest(
      { url: `${place.base}/f`, size: bytes.length, here, ...patience },
      (piece, at) => {
        first ??= at;
        file.set(piece, at);
        return Promise.resolve();
      },
    );
    asked = place.asked;
  });
  return { trouble: trouble as Awaited<ReturnType<typeof fetchRest>>, first, file, asked };
}

Deno.test("fetchRest brings a whole file", async () => {
  const { trouble, first, file, asked } = await tryOnce((request) => serve(request, bytes));
  assert.deepEqual([trouble, first, asked], [null, 0, ["/f"]]);
  assert.deepEqual(file, bytes);
});

Deno.test("fetchRest asks only for what is not here", async () => {
  const { trouble, first, file, asked } = await tryOnce((request) => serve(request, bytes), 1500);
  assert.deepEqual([trouble, first, asked], [null, 1500, ["/f bytes=1500-"]]);
  assert.deepEqual(file.subarray(1500), bytes.subarray(1500));
});

Deno.test("fetchRest begins at 0 where a server knows no ranges", async () => {
  const { trouble, first, file } = await tryOnce(() => new Response(bytes), 1500);
  assert.deepEqual([trouble, first], [null, 0]);
  assert.deepEqual(file, bytes);
});

Deno.test("fetchRest follows redirects, with its range", async () => {
  const answer = (request: Request) =>
    request.url.endsWith("/f") ? Response.redirect(new URL("/g", request.url)) : serve(request, bytes);
  const { trouble, first, asked } = await tryOnce(answer, 1500);
  assert.deepEqual([trouble, first], [null, 1500]);
  assert.deepEqual(asked, ["/f bytes=1500-", "/g bytes=1500-"]);
});

Deno.test("fetchRest wants to begin anew when the answer is another part, or there is nothing more", async () => {
  const part = (range: string) => () =>
    new Response(text(10), { status: 206, headers: { "content-range": range } });
  for (const range of ["bytes 0-9/2000", "bytes 1500-1509/1510", "nonsense"]) {
    const { trouble, first } = await tryOnce(part(range), 1500);
    assert.equal(first, null);
    assert.deepEqual([trouble!.kind, trouble!.fromZero], ["passing", true], range);
  }
  const { trouble } = await tryOnce(() => new Response(null, { status: 416 }), 1500);
  assert.deepEqual([trouble!.kind, trouble!.fromZero], ["passing", true]);
});

for (const status of [400, 401, 403, 404, 410]) {
  Deno.test(`fetchRest does not hope after a ${status}`, async () => {
    const { trouble } = await tryOnce(() => new Response("no", { status }));
    assert.deepEqual(trouble, { kind: "final", reason: `it answers ${status}` });
  });
}

for (const status of [408, 429, 500, 502, 503]) {
  Deno.test(`fetchRest has hope after a ${status}`, async () => {
    const { trouble } = await tryOnce(() => new Response("no", { status }));
    assert.deepEqual(trouble, { kind: "passing", reason: `it answers ${status}`, restMs: 0 });
  });
}

Deno.test("fetchRest reads Retry-After in seconds and as a date, and does not wait for an hour", async () => {
  const busy = (headers: Record<string, string>) =>
    tryOnce(() => new Response("no", { status: 429, headers }));
  assert.equal((await busy({ "retry-after": "7" })).trouble!.restMs, 7000);
  const dates = {
    date: "Wed, 21 Oct 2026 07:28:00 GMT",
    "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT",
  };
  assert.equal((await busy(dates)).trouble!.restMs, 30_000);
  assert.equal((await busy({ "retry-after": "soon" })).trouble!.restMs, 0);
  const { trouble } = await busy({ "retry-after": "3600" });
  assert.deepEqual(trouble, { kind: "final", reason: "it answers 429 and asks to come back in 3600 s" });
});

Deno.test("fetchRest takes nothing of an answer that announces another length: a log-in page, most likely", async () => {
  const { trouble, first } = await tryOnce(() => new Response("<html>".repeat(100)));
  assert.equal(first, null);
  assert.deepEqual(trouble, { kind: "final", reason: "it has 600 bytes there, expected 2000" });
});

Deno.test("fetchRest ends as soon as more comes than the file has", async () => {
  let sent = 0;
  const endless = () =>
    new Response(
      new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(sent++ < 1e6 ? 900 : 0)) }),
    );
  const { trouble } = await tryOnce(endless);
  assert.deepEqual(trouble, { kind: "final", reason: "it gives more than 2000 bytes", fromZero: true });
});

Deno.test("fetchRest says how far a body came that ends early or breaks off", async () => {
  const short = () => new Response(new Blob([text(10)]).stream()); // without a length
  assert.deepEqual((await tryOnce(short)).trouble, {
    kind: "passing",
    reason: "it ended after 10 of 2000 bytes",
  });
  const { trouble, file } = await tryOnce((request) => serveAndCut(request, bytes, 700));
  assert.equal(trouble!.kind, "passing");
  assert.deepEqual(file.subarray(0, 700), bytes.subarray(0, 700));
});

Deno.test("fetchRest passes on that the disk is full", async () => {
  await withServer((request) => serve(request, bytes), async ({ base }) => {
    const wish = { url: base, size: bytes.length, here: 0, answerMs: 5000, stallMs: 5000 };
    const full = () => Promise.reject(new InputError("full"));
    await assert.rejects(fetchRest(wish, full), { message: "full" });
  });
});

Deno.test("reasonOf joins an error's message with its cause's", () => {
  assert.equal(reasonOf(new Error("no.", { cause: new Error("because") })), "no: because");
  assert.equal(reasonOf("text"), "text");
});
