import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { InputError } from "../errors.ts";
import { someBytes } from "./local_server.ts";
import { unzip } from "./unzip.ts";

const text = (content: string) => new TextEncoder().encode(content);
const large = someBytes(200_000);
const archive = zipSync({
  "RTE/train.tsv": large,
  "RTE/dev.tsv": [text("stored"), { level: 0 }],
  "RTE/test.tsv": text(""),
  "../../outside.tsv": text("outside"),
  "__MACOSX/RTE/._dev.tsv": text("other"),
});

/** Unpacks `bytes` into a folder and returns what lies there. */
async function unpacked(bytes: Uint8Array, wanted: Record<string, string>) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeFile(`${folder}/archive.zip`, bytes);
    const places = Object.entries(wanted).map(([name, place]) => [name, `${folder}/in/${place}`] as const);
    await unzip(`${folder}/archive.zip`, new Map(places));
    const files = Array.from(Deno.readDirSync(`${folder}/in`), ({ name }) => name).sort();
    assert.equal([...Deno.readDirSync(folder)].length, 2);
    return Object.fromEntries(files.map((name) => [name, Deno.readFileSync(`${folder}/in/${name}`)]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const refuses = (bytes: Uint8Array, pattern: RegExp, name = "RTE/train.tsv") =>
  assert.rejects(unpacked(bytes, { [name]: "out" }), (error: Error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, pattern);
    return true;
  });

Deno.test("unzip writes the entries asked for, deflated, stored and empty, and no other", async () => {
  const files = await unpacked(archive, {
    "RTE/train.tsv": "train.tsv",
    "RTE/dev.tsv": "dev.tsv",
    "RTE/test.tsv": "test.tsv",
  });
  assert.deepEqual(files, { "dev.tsv": text("stored"), "test.tsv": text(""), "train.tsv": large });
});

Deno.test("unzip writes where it is told, whatever path an entry names", async () => {
  assert.deepEqual(await unpacked(archive, { "../../outside.tsv": "inside" }), { inside: text("outside") });
});

Deno.test("unzip reads an archive with a comment behind it", async () => {
  const comment = text("by hand PK\u0005\u0006 ");
  const commented = new Uint8Array([...archive, ...comment]);
  new DataView(commented.buffer).setUint16(archive.length - 2, comment.length, true);
  assert.deepEqual(await unpacked(commented, { "RTE/dev.tsv": "dev.tsv" }), { "dev.tsv": text("stored") });
});

Deno.test("unzip takes sizes from the directory: before the file they may be left out, as macOS does", async () => {
  const bytes = Uint8Array.from(archive), view = new DataView(bytes.buffer);
  view.setUint16(6, 8, true); // "sizes follow the file"
  for (const offset of [14, 18, 22]) view.setUint32(offset, 0, true);
  assert.deepEqual(await unpacked(bytes, { "RTE/train.tsv": "train.tsv" }), { "train.tsv": large });
});

Deno.test("unzip refuses what is no archive, and one that is cut off, lacks a file or is damaged", async () => {
  await refuses(text("<html>"), /archive\.zip is no ZIP archive/);
  await refuses(new Uint8Array(), /no ZIP archive/);
  await refuses(archive.subarray(0, archive.length / 2), /no ZIP archive, or its end is missing/);
  await refuses(archive, /lacks RTE\/other\.tsv/, "RTE/other.tsv");
  const damaged = Uint8Array.from(archive);
  damaged.fill(255, 1000, 3000);
  await refuses(damaged, /RTE\/train\.tsv of .* cannot be unpacked/);
  const moved = Uint8Array.from(archive);
  moved.fill(0, 0, 4);
  await refuses(moved, /cannot be unpacked .*header is not there/);
});

Deno.test("unzip refuses an entry that is longer or shorter than the directory says, or packed otherwise", async () => {
  const directory = new DataView(archive.buffer).getUint32(archive.length - 6, true);
  const changed = (offset: number, value: number) => {
    const bytes = Uint8Array.from(archive);
    new DataView(bytes.buffer).setUint16(directory + offset, value, true);
    return bytes;
  };
  await refuses(changed(24, 10), /it has \d+ bytes, expected/);
  await refuses(changed(24, 65535), /it has 200000 bytes, expected 262143/);
  await refuses(changed(10, 99), /method 99 is not known/);
});
