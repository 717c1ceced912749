import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { download, type DownloadProgress, partialPath, sizeText, Unavailable } from "./download.ts";
import { InputError } from "../errors.ts";
import { pinOf, serve, serveAndCut, serveAndStall, someBytes, withServer } from "./local_server.ts";

const bytes = someBytes(300_000);
/** Nobody waits in a test. */
const wait = () => Promise.resolve();
const names = (folder: string) => Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
const told = () => {
  const lines: string[] = [], steps: DownloadProgress[] = [];
  return {
    lines,
    steps,
    note: (line: string) => void lines.push(line),
    progress: (step: DownloadProgress) => void steps.push(step),
  };
};
const inputError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof InputError, String(error));
  assert.match(error.message, pattern);
  return true;
};

Deno.test("download puts the file in its place, whole, and leaves nothing beside it", async () => {
  await withServer((request) => serve(request, bytes), async ({ base, folder, asked }) => {
    const file = pinOf(bytes, `${base}/a/model`, `${folder}/new/model`);
    await download(file);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
    assert.deepEqual(names(`${folder}/new`), ["model"]);
    await download(file);
    assert.deepEqual(asked, ["/a/model"]); // what is right is not fetched again
  });
});

Deno.test("download tells bytes, size and speed after every piece", async () => {
  let ms = 0;
  await withServer((request) => serve(request, bytes), async ({ base, folder }) => {
    const watch = told();
    await download(pinOf(bytes, base, `${folder}/model`), { watch, now: () => ms += 500 });
    const { steps } = watch, last = steps.at(-1)!;
    assert.deepEqual([last.name, last.bytes, last.size], ["model", 300_000, 300_000]);
    // The clock stood at 500 when the try began and moved 500 with every piece.
    assert.equal(last.bytesPerSecond, 300_000 / (0.5 * steps.length));
    assert.ok(steps.every(({ bytes }, at) => at === 0 || bytes > steps[at - 1].bytes));
  });
});

Deno.test("download goes on where a connection was cut, and says so", async () => {
  const cut = (request: Request, nth: number) =>
    nth === 0 ? serveAndCut(request, bytes, 100_000) : serve(request, bytes);
  await withServer(cut, async ({ base, folder, asked }) => {
    const watch = told(), waited: number[] = [];
    const file = pinOf(bytes, `${base}/model`, `${folder}/model`);
    await download(file, { watch, wait: (ms) => (waited.push(ms), wait()) });
    assert.deepEqual(await Deno.readFile(file.path), bytes);
    assert.deepEqual(asked, ["/model", "/model bytes=100000-"]);
    assert.deepEqual(waited, [1000]);
    assert.match(watch.lines.join("\n"), /trying again in 1 s$/);
  });
});

Deno.test("download goes on after a stall", async () => {
  const stall = (request: Request, nth: number) =>
    nth === 0 ? serveAndStall(request, bytes, 50_000) : serve(request, bytes);
  await withServer(stall, async ({ base, folder, asked }) => {
    const watch = told(), file = pinOf(bytes, `${base}/model`, `${folder}/model`);
    await download(file, { watch, wait, stallMs: 100 });
    assert.deepEqual(await Deno.readFile(file.path), bytes);
    assert.deepEqual(asked, ["/model", "/model bytes=50000-"]);
    assert.match(watch.lines.join("\n"), /nothing came for 0\.1 s/);
  });
});

Deno.test("download waits as long as a busy server asks, and twice as long before each further try", async () => {
  const answers = [
    () => new Response("busy", { status: 429, headers: { "retry-after": "7" } }),
    () => new Response("broken", { status: 500 }),
  ];
  const busy = (request: Request, nth: number) => answers[nth]?.() ?? serve(request, bytes);
  await withServer(busy, async ({ base, folder }) => {
    const file = pinOf(bytes, base, `${folder}/model`), waited: number[] = [], watch = told();
    await download(file, { watch, wait: (ms) => (waited.push(ms), wait()) });
    assert.deepEqual(waited, [7000, 2000]);
    assert.match(watch.lines[0], /it answers 429; trying again in 7 s/);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
  });
});

Deno.test("download gives up after four tries without progress, keeps what came, and a later call goes on", async () => {
  let works = false;
  const cut = (request: Request) => works ? serve(request, bytes) : serveAndCut(request, bytes, 100_000);
  await withServer(cut, async ({ base, folder, asked }) => {
    const file = pinOf(bytes, `${base}/model`, `${folder}/model`), waited: number[] = [];
    await assert.rejects(
      download(file, { wait: (ms) => (waited.push(ms), wait()) }),
      inputError(
        /model cannot be fetched .*Run the command again later.*; the 0\.1 MB of 0\.3 MB that came are kept/,
      ),
    );
    assert.deepEqual(waited, [1000, 2000, 4000]);
    assert.equal(asked.length, 4);
    assert.deepEqual(names(folder), [".model.part"]);
    works = true;
    await download(file);
    assert.deepEqual(asked.slice(4), ["/model bytes=100000-"]);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
    assert.deepEqual(names(folder), ["model"]);
  });
});

Deno.test("download never gives up on a connection that is cut again and again but brings something each time", async () => {
  const cut = (request: Request, nth: number) => serveAndCut(request, bytes, 30_000 * (nth + 1));
  await withServer(cut, async ({ base, folder, asked }) => {
    const file = pinOf(bytes, base, `${folder}/model`);
    await download(file, { wait });
    assert.equal(asked.length, 10);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
  });
});

Deno.test("download refuses wrong bytes with both sums, at once, and keeps nothing", async () => {
  const wrong = someBytes(bytes.length).fill(7);
  await withServer((request) => serve(request, wrong), async ({ base, folder, asked }) => {
    const file = pinOf(bytes, `${base}/model`, `${folder}/model`);
    const found = pinOf(wrong, "", "").sha256;
    await assert.rejects(
      download(file),
      inputError(new RegExp(`model has sha256 ${found}; expected ${file.sha256}. Nothing was kept`)),
    );
    assert.equal(asked.length, 1);
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("download begins anew, once, when the pieces of two calls do not fit together", async () => {
  await withServer((request) => serve(request, bytes), async ({ base, folder, asked }) => {
    const file = pinOf(bytes, `${base}/model`, `${folder}/model`), watch = told();
    await Deno.writeFile(partialPath(file.path), new Uint8Array(1000)); // of another version, say
    await download(file, { watch });
    assert.deepEqual(asked, ["/model bytes=1000-", "/model"]);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
    assert.match(watch.lines.join(), /begins anew/);
  });
  const wrong = someBytes(bytes.length).fill(7);
  await withServer((request) => serve(request, wrong), async ({ base, folder, asked }) => {
    const file = pinOf(bytes, `${base}/model`, `${folder}/model`);
    await Deno.writeFile(partialPath(file.path), new Uint8Array(1000));
    await assert.rejects(download(file), inputError(/has sha256/));
    assert.deepEqual(asked, ["/model bytes=1000-", "/model"]);
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("download takes a whole file that was only not renamed, without asking anybody", async () => {
  await withServer(() => new Response("no", { status: 404 }), async ({ base, folder, asked }) => {
    const file = pinOf(bytes, base, `${folder}/model`);
    await Deno.writeFile(partialPath(file.path), bytes);
    await download(file);
    assert.deepEqual([names(folder), asked], [["model"], []]);
  });
});

Deno.test("download replaces a damaged file only by the right one", async () => {
  let works = false;
  const answer = (request: Request) => works ? serve(request, bytes) : new Response("no", { status: 404 });
  await withServer(answer, async ({ base, folder }) => {
    const file = pinOf(bytes, base, `${folder}/model`);
    await Deno.writeTextFile(file.path, "damaged");
    await assert.rejects(download(file), Unavailable);
    assert.equal(await Deno.readTextFile(file.path), "damaged");
    works = true;
    await download(file);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
  });
});

Deno.test("download says at once that nobody answers, and what can be done", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close(); // now nobody listens there
  const folder = await Deno.makeTempDir();
  try {
    const file = pinOf(bytes, `http://127.0.0.1:${port}/model`, `${folder}/model`);
    const never = () => assert.fail("it waited");
    await assert.rejects(
      download(file, { wait: never }),
      inputError(
        /\/model cannot be fetched \(.*refused.*\)\. Check the network, set HTTPS_PROXY .* DPB_MIRROR/,
      ),
    );
    assert.deepEqual(names(folder), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("download says that a server which takes the call but says nothing does not answer", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" }); // connects, and leaves it at that
  const { port } = listener.addr as Deno.NetAddr;
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      download(pinOf(bytes, `http://127.0.0.1:${port}/model`, `${folder}/model`), { answerMs: 100, wait }),
      inputError(/cannot be fetched \(no answer in 0\.1 s\)/),
    );
  } finally {
    listener.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("two downloads of one file at once: the second waits, then finds it there", async () => {
  const halfSent = Promise.withResolvers<void>(), secondWaits = Promise.withResolvers<void>();
  const answer = async (request: Request) => {
    halfSent.resolve();
    await secondWaits.promise;
    return serve(request, bytes);
  };
  await withServer(answer, async ({ base, folder, asked }) => {
    const file = pinOf(bytes, base, `${folder}/model`), watch = told();
    const first = download(file);
    await halfSent.promise;
    const second = download(file, { watch, wait: () => (secondWaits.resolve(), first) });
    await Promise.all([first, second]);
    assert.equal(asked.length, 1);
    assert.deepEqual(names(folder), ["model"]);
    assert.match(watch.lines.join(), /another process is at work on .*\.model\.part; waiting/);
  });
});

Deno.test("download says when the folder cannot be made", async () => {
  const blocking = await Deno.makeTempFile();
  try {
    const file = pinOf(bytes, "http://127.0.0.1:9", `${blocking}/model`);
    await assert.rejects(download(file), inputError(/Cannot write .*\/model \(.*\)\. It needs 0\.3 MB/));
  } finally {
    await Deno.remove(blocking);
  }
});

Deno.test({
  name: "download says when the disk is full (a partial file on a device without room)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withServer((request) => serve(request, bytes), async ({ base, folder }) => {
      const file = pinOf(bytes, base, `${folder}/model`);
      await Deno.symlink("/dev/full", partialPath(file.path));
      await assert.rejects(
        download(file),
        inputError(/Cannot write .*\/model \(No space left on device.*It needs 0\.3 MB.*when there is room/),
      );
      assert.deepEqual(names(folder), []);
    });
  },
});

Deno.test("sizeText writes megabytes, and kilobytes where there is less than a tenth of one", () => {
  assert.deepEqual([312_783_507, 100_000, 28_999, 1, 0].map(sizeText), [
    "312.8 MB",
    "0.1 MB",
    "29 kB",
    "1 kB",
    "0 kB",
  ]);
});

/** Downloads in a process of its own, which says how many bytes it has. */
function child(url: string, path: string, env: Record<string, string> = {}) {
  const { size, sha256 } = pinOf(bytes, url, path);
  const module = new URL("./download.ts", import.meta.url);
  const code = `const { download } = await import(${JSON.stringify(module)});
    const watch = { note() {}, progress: ({ bytes }) => console.log(bytes) };
    await download(${JSON.stringify({ url, path, size, sha256 })}, { watch });`;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", code],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

Deno.test("download goes on where a process was killed (kill -9)", async () => {
  const stallOnce = (request: Request, nth: number) =>
    nth === 0 ? serveAndStall(request, bytes, 200_000) : serve(request, bytes);
  await withServer(stallOnce, async ({ base, folder, asked }) => {
    const file = pinOf(bytes, `${base}/model`, `${folder}/model`);
    const process = child(file.url, file.path);
    let said = "";
    for await (const piece of process.stdout.pipeThrough(new TextDecoderStream())) {
      said += piece;
      if (said.includes("200000\n")) process.kill("SIGKILL");
    }
    assert.equal((await process.status).signal, "SIGKILL");
    assert.deepEqual(names(folder), [".model.part"]);
    await download(file);
    assert.deepEqual(asked, ["/model", "/model bytes=200000-"]);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
    assert.deepEqual(names(folder), ["model"]);
  });
});

Deno.test("download goes through the proxy that HTTP_PROXY names, and around it where NO_PROXY says so", async () => {
  await withServer((request) => serve(request, bytes), async (proxy) => {
    await withServer((request) => serve(request, bytes), async ({ base, folder, asked }) => {
      const proxies = { HTTP_PROXY: proxy.base, http_proxy: proxy.base, NO_PROXY: "", no_proxy: "" };
      // A name that nobody but a proxy can know.
      const through = child("http://data.invalid/through", `${folder}/through`, proxies);
      assert.ok((await through.output()).success);
      const around = child(`${base}/around`, `${folder}/around`, {
        ...proxies,
        NO_PROXY: "127.0.0.1",
        no_proxy: "127.0.0.1",
      });
      assert.ok((await around.output()).success);
      assert.deepEqual([proxy.asked, asked], [["/through"], ["/around"]]);
      assert.deepEqual(await Deno.readFile(`${folder}/through`), bytes);
    });
  });
});
