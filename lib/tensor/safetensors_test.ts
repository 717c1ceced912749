import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../errors.ts";
import { mutated } from "../mutated.ts";
import { bfloatToFloat, floatToHalf, halfToFloat, readSafetensors, writeSafetensors } from "./safetensors.ts";

/** Runs `body` with a path inside a folder that is removed afterwards. */
async function withPath(body: (path: string, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/weights.safetensors`, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A file's bytes from a header (text or value) and its tensor bytes. */
function fileBytes(header: unknown, data: Uint8Array = new Uint8Array(), announced?: bigint) {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

async function readFrom(bytes: Uint8Array) {
  let result: Awaited<ReturnType<typeof readSafetensors>> | undefined;
  await withPath(async (path) => {
    await Deno.writeFile(path, bytes);
    result = await readSafetensors(path);
  });
  return result!;
}

async function refuses(bytes: Uint8Array, expected: RegExp) {
  await assert.rejects(readFrom(bytes), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, /weights\.safetensors/);
    assert.match(error.message, expected);
    return true;
  });
}

const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

Deno.test("writeSafetensors and readSafetensors keep names, shapes, values and metadata", async () => {
  await withPath(async (path, folder) => {
    const tensors = new Map([
      ["b", { shape: [2, 2], data: Float32Array.of(1, -2, 0.1, NaN) }],
      ["10", { shape: [], data: Float32Array.of(Infinity) }],
      ["a", { shape: [0, 3], data: new Float32Array() }],
    ]);
    await writeSafetensors(path, tensors, { labels: "no,yes", format: "pt" });
    const read = await readSafetensors(path);
    assert.deepEqual([...read.tensors.keys()], ["10", "a", "b"]);
    for (const [name, { shape, data }] of tensors) {
      assert.deepEqual(read.tensors.get(name), { dtype: "F32", shape, data, bytes: null });
    }
    assert.deepEqual(read.metadata, { format: "pt", labels: "no,yes" });
    assert.deepEqual(Array.from(Deno.readDirSync(folder), (e) => e.name), ["weights.safetensors"]);
  });
});

Deno.test("writeSafetensors gives the bytes of the format, header padded to 8, whatever the order", async () => {
  await withPath(async (path) => {
    const one = { shape: [1], data: Float32Array.of(1) };
    await writeSafetensors(path, new Map([["b", one], ["a", one]]), { z: "1", y: "2" });
    const bytes = await Deno.readFile(path);
    const json = '{"__metadata__":{"y":"2","z":"1"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},' +
      '"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}';
    const padded = json.padEnd(Math.ceil(json.length / 8) * 8);
    assert.deepEqual(bytes, fileBytes(padded, Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0x80, 0x3f)));
    await writeSafetensors(path, new Map([["a", one], ["b", one]]), { y: "2", z: "1" });
    assert.deepEqual(await Deno.readFile(path), bytes);
  });
});

Deno.test("halfToFloat agrees with the definition of half precision on all 65,536 patterns", () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const values = new Float32Array(65536);
  halfToFloat(bits, values);
  for (let i = 0; i < 65536; i++) {
    const exponent = (i >> 10) & 31, fraction = i & 1023, sign = i >> 15 ? -1 : 1;
    const expected = exponent === 31
      ? (fraction ? NaN : sign * Infinity)
      : sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
    if (!Object.is(values[i], expected)) assert.fail(`pattern ${i}: ${values[i]} instead of ${expected}`);
  }
  const back = floatToHalf(values);
  for (let i = 0; i < 65536; i++) {
    if (Number.isNaN(values[i])) assert.ok((back[i] & 0x7c00) === 0x7c00 && (back[i] & 1023) !== 0);
    else if (back[i] !== i) assert.fail(`pattern ${i} came back as ${back[i]}`);
  }
});

Deno.test("floatToHalf rounds to nearest, ties to even, and past 65520 to infinity", () => {
  const values = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25, 1.5 * 2 ** -25, -0);
  assert.deepEqual(Array.from(floatToHalf(values)), [0x3c00, 0x3c02, 0x7bff, 0x7c00, 0, 1, 0x8000]);
});

Deno.test("bfloatToFloat reads the upper half of float32", () => {
  const values = new Float32Array(4);
  bfloatToFloat(Uint16Array.of(0x3f80, 0xc000, 0xff80, 0x0001), values);
  assert.deepEqual(Array.from(values), [1, -2, -Infinity, 2 ** -133]);
});

Deno.test("writeSafetensors as F16 halves the tensors and reads back rounded", async () => {
  await withPath(async (path) => {
    const data = Float32Array.from({ length: 600_001 }, (_, i) => i / 1024);
    await writeSafetensors(path, new Map([["w", { shape: [600_001], data }]]), {}, { dtype: "F16" });
    const tensor = (await readSafetensors(path)).tensors.get("w")!;
    assert.equal(tensor.dtype, "F16");
    assert.deepEqual(tensor.data, new Float32Array(new Float16Array(data)));
    assert.ok((await Deno.stat(path)).size < 1_200_002 + 128);
  });
});

Deno.test("writeSafetensors refuses a value beyond F16 and keeps the older file", async () => {
  await withPath(async (path, folder) => {
    await Deno.writeTextFile(path, "older");
    const tensors = new Map([["w", { shape: [1], data: Float32Array.of(70000) }]]);
    await assert.rejects(
      writeSafetensors(path, tensors, {}, { dtype: "F16" }),
      (error) => error instanceof InputError && /"w".*70000 is beyond 65504/.test(error.message),
    );
    assert.equal(await Deno.readTextFile(path), "older");
    assert.equal(Array.from(Deno.readDirSync(folder)).length, 1);
  });
});

Deno.test("writeSafetensors refuses a shape that does not fit its data and a place that cannot be written", async () => {
  await withPath(async (path) => {
    const wrong = new Map([["w", { shape: [3], data: Float32Array.of(1) }]]);
    await assert.rejects(writeSafetensors(path, wrong), {
      name: "InputError",
      message: /"w".*\[3\].*1 values/,
    });
    const right = new Map([["w", { shape: [1], data: Float32Array.of(1) }]]);
    await Deno.writeTextFile(path, "in the way");
    await assert.rejects(writeSafetensors(`${path}/x/y`, right), {
      name: "InputError",
      message: /Cannot write/,
    });
  });
});

Deno.test("readSafetensors converts BF16 and keeps integers and F64 as bytes", async () => {
  const header = {
    h: { dtype: "BF16", shape: [2], data_offsets: [0, 4] },
    ids: { dtype: "I64", shape: [1, 1], data_offsets: [4, 12] },
    odd: { dtype: "BOOL", shape: [1], data_offsets: [12, 13] },
    w: f32(13, 17),
    d: { dtype: "F64", shape: [0], data_offsets: [17, 17] },
  };
  const data = Uint8Array.of(0x80, 0x3f, 0, 0xc0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x80, 0x3f);
  const { tensors } = await readFrom(fileBytes(header, data));
  assert.deepEqual(tensors.get("h")!.data, Float32Array.of(1, -2));
  assert.deepEqual(tensors.get("ids"), {
    dtype: "I64",
    shape: [1, 1],
    data: null,
    bytes: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0),
  });
  assert.deepEqual(tensors.get("odd")!.bytes, Uint8Array.of(1));
  assert.deepEqual(tensors.get("w")!.data, Float32Array.of(1)); // not aligned to 4 bytes in the file
  assert.deepEqual(tensors.get("d")!.bytes, new Uint8Array());
});

Deno.test("readSafetensors accepts a file without tensors", async () => {
  assert.deepEqual(await readFrom(fileBytes("{}")), { tensors: new Map(), metadata: {} });
});

Deno.test("readSafetensors refuses a file that is cut short", async () => {
  const whole = fileBytes({ first: f32(0, 8), last: f32(8, 16) }, new Uint8Array(16));
  await refuses(whole.subarray(0, 0), /has 0 bytes/);
  await refuses(whole.subarray(0, 7), /has 7 bytes/);
  await refuses(whole.subarray(0, 30), /header of \d+ bytes but has 30/);
  await refuses(whole.subarray(0, whole.length - 1), /"last".*ends at byte 16.*15 bytes.*cut short/);
});

Deno.test("readSafetensors refuses a header length beyond the file without allocating it", async () => {
  await refuses(fileBytes("{}", undefined, 2n ** 63n), /9223372036854775808 bytes/);
});

Deno.test("readSafetensors refuses a header that is most of the file before reading it", async () => {
  const header = `{"__metadata__":{"k":"${"v".repeat(1_100_000)}"}}`;
  await refuses(fileBytes(header), /header of 1100025 bytes in a file of 1100033/);
  const { metadata } = await readFrom(
    fileBytes({ ...JSON.parse(header), w: f32(0, 2 ** 21) }, new Uint8Array(2 ** 21)),
  );
  assert.equal(metadata.k.length, 1_100_000);
});

Deno.test("readSafetensors refuses a broken header", async () => {
  await refuses(fileBytes("{nonsense"), /not JSON/);
  await refuses(fileBytes("[]"), /not a JSON object/);
  await refuses(fileBytes("[".repeat(100_000)), /not JSON/);
  await refuses(fileBytes({ w: 3 }), /"w".*no \{ dtype/);
  await refuses(fileBytes({ __metadata__: { a: 1 } }), /__metadata__/);
  const latin1 = fileBytes('{"w":1}');
  latin1[10] = 0xff;
  await refuses(latin1, /not JSON/);
});

Deno.test("readSafetensors refuses a wrong dtype, shape, or offsets and names the tensor", async () => {
  const four = new Uint8Array(4);
  const entry = (change: object) => fileBytes({ w: { ...f32(0, 4), ...change } }, four);
  await refuses(entry({ dtype: "F31" }), /"w".*"F31"; expected one of F64, F32/);
  await refuses(entry({ dtype: "toString" }), /"w".*toString/);
  await refuses(entry({ shape: [-1] }), /"w".*\[-1\]/);
  await refuses(entry({ shape: [0.5, 2] }), /"w".*\[0\.5,2\]/);
  await refuses(entry({ shape: undefined }), /"w".*shape missing/);
  await refuses(entry({ shape: [2] }), /"w".*\[2\] of F32 takes 8 bytes.*span 4/);
  await refuses(entry({ shape: [2 ** 52, 2 ** 52] }), /"w".*takes NaN/);
  await refuses(entry({ data_offsets: [4, 0] }), /"w".*\[4,0\]/);
  await refuses(entry({ data_offsets: [0, 4, 8] }), /"w".*data_offsets/);
  await refuses(entry({ data_offsets: [2 ** 40, 2 ** 40 + 4] }), /"w".*hole/);
});

Deno.test("readSafetensors refuses overlaps, holes, and bytes after the last tensor", async () => {
  await refuses(fileBytes({ a: f32(0, 8), b: f32(4, 12) }, new Uint8Array(12)), /"b".*byte 4, inside/);
  await refuses(fileBytes({ a: f32(0, 4), b: f32(8, 12) }, new Uint8Array(12)), /"b".*hole after byte 4/);
  await refuses(fileBytes({ a: f32(4, 8) }, new Uint8Array(8)), /"a".*hole after byte 0/);
  await refuses(fileBytes({ a: f32(0, 4) }, new Uint8Array(5)), /1 bytes after its last tensor/);
});

Deno.test("readSafetensors says when the file is missing or a folder", async () => {
  await withPath(async (path, folder) => {
    await assert.rejects(readSafetensors(path), { name: "InputError", message: /Cannot read .*weights/ });
    await assert.rejects(readSafetensors(folder), { name: "InputError", message: /not a file/ });
  });
});

Deno.test("readSafetensors meets random and mutated bytes with a result or an InputError only", async () => {
  const valid = fileBytes(
    { a: f32(0, 8), h: { dtype: "F16", shape: [2], data_offsets: [8, 12] }, __metadata__: { k: "v" } },
    new Uint8Array(12),
  );
  const cut = fc.nat(valid.length).map((length) => valid.slice(0, length));
  const json = fc.json().map((text) => fileBytes(text, new Uint8Array(8)));
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated(valid), mutated(valid), cut, json);
  await withPath(async (path) => {
    const property = fc.asyncProperty(bytes, async (content) => {
      await Deno.writeFile(path, content);
      await readSafetensors(path).catch((error) => {
        if (!(error instanceof InputError)) throw error;
      });
    });
    await fc.assert(property, { seed: 7, numRuns: 600 });
  });
});
