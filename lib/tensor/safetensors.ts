/**
 * The safetensors format, read and written strictly: 8 bytes (length of the header, little endian), a JSON header
 * `{ name: { dtype, shape, data_offsets: [begin, end] }, __metadata__?: { key: text } }`, then the tensors' bytes,
 * row-major and little endian, without a gap or an overlap. Source: the format's README (huggingface/safetensors).
 *
 * Tensors are read one after the other straight into their arrays, so reading needs the converted numbers and a
 * megabyte, not the file beside them.
 */
import { replaceFile, writeBytes } from "../files/atomic.ts";
import { InputError, visible } from "../errors.ts";

/** Bytes per element of every dtype that can stand in a header. */
const dtypeBytes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;

/** A dtype as the header spells it. */
export type Dtype = keyof typeof dtypeBytes;

/** A tensor of a file. Exactly one of `data` and `bytes` is set. */
export interface StoredTensor {
  /** The dtype in the file. */
  dtype: Dtype;
  shape: number[];
  /** The values of F32, F16 and BF16 tensors, row-major; `null` for every other dtype. */
  data: Float32Array<ArrayBuffer> | null;
  /** The bytes, as stored, of every other dtype. */
  bytes: Uint8Array<ArrayBuffer> | null;
}

/** A file's tensors, in the order of their bytes, and its free-text metadata. */
export interface SafetensorsFile {
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

/** A tensor to write. */
export interface NamedValues {
  shape: readonly number[];
  /** Row-major, as many values as the product of `shape`. */
  data: Float32Array;
}

/** One tensor's line of the header, checked. */
interface HeaderEntry {
  name: string;
  dtype: Dtype;
  shape: number[];
  /** First byte, counted from the end of the header. */
  begin: number;
  /** Byte after the last, counted likewise. */
  end: number;
}

const chunkElements = 1 << 18;

/**
 * Bytes of header that a file of `size` bytes may have. JSON takes some ten times its text in memory; so it takes less
 * than the tensors, whatever is in it.
 */
const longestHeader = (size: number) => 1_000_000 + size / 16;

/**
 * Reads all tensors of `path`.
 * Throws `InputError`, naming file and tensor, when the file is missing, cut short, or not a valid safetensors file.
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openToRead(path);
  try {
    const size = (await file.stat()).size;
    const { entries, metadata, dataStart } = await readHeader(file, path, size);
    await file.seek(dataStart, Deno.SeekMode.Start);
    const tensors = new Map<string, StoredTensor>();
    // The entries are contiguous and in byte order, so one pass without a seek reads them all.
    for (const entry of entries) tensors.set(entry.name, await readTensor(file, path, entry));
    return { tensors, metadata };
  } finally {
    file.close();
  }
}

/**
 * Writes `tensors` to `path`, sorted by name, metadata sorted by key: equal contents give equal bytes. The file
 * appears complete or not at all (`replaceFile`), and its folder if it is new. F16 rounds to nearest even.
 * Throws `InputError` when a shape does not fit its data, when a finite value does not fit F16, or when the folder
 * cannot be written.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, NamedValues>,
  metadata: Record<string, string> = {},
  { dtype = "F32" }: { dtype?: "F32" | "F16" } = {},
): Promise<void> {
  const names = [...tensors.keys()].sort();
  const header = encodeHeader(path, names, tensors, metadata, dtype);
  await replaceFile(path, async (file) => {
    await writeBytes(file, header);
    for (const name of names) await writeTensor(file, path, name, tensors.get(name)!.data, dtype);
  });
}

// ---- half precision

/** The value of each of the 65,536 half-precision bit patterns. Built on first use. */
let halfTable: Float32Array | undefined;

/** Widens IEEE 754 half-precision bit patterns to float32, exactly. `values` receives `bits.length` values. */
export function halfToFloat(bits: Uint16Array, values: Float32Array): void {
  halfTable ??= new Float32Array(new Float16Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer));
  for (let i = 0; i < bits.length; i++) values[i] = halfTable[bits[i]];
}

/** Rounds float32 values to half precision (nearest, ties to even; too large becomes infinite); gives the bits. */
export function floatToHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  return new Uint16Array(new Float16Array(values).buffer);
}

/** Widens bfloat16 bit patterns to float32: they are float32's upper halves. */
export function bfloatToFloat(bits: Uint16Array, values: Float32Array<ArrayBuffer>): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
}

// ---- reading

async function openToRead(path: string): Promise<Deno.FsFile> {
  try {
    if ((await Deno.stat(path)).isFile) return await Deno.open(path);
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${reason(error)}.`);
  }
  throw new InputError(`${path} is not a file; expected a safetensors file.`);
}

async function readHeader(file: Deno.FsFile, path: string, size: number) {
  if (size < 8) {
    throw new InputError(`${path} has ${size} bytes; a safetensors file has at least 8. Fetch it again.`);
  }
  const first = await readBytes(file, path, 8, "the length of the header");
  const length = new DataView(first.buffer).getBigUint64(0, true);
  if (length > BigInt(size - 8)) {
    throw new InputError(
      `${path} announces a header of ${length} bytes but has ${size} bytes in all: ` +
        `it is cut short or not a safetensors file. Fetch it again.`,
    );
  }
  if (Number(length) > longestHeader(size)) {
    throw new InputError(
      `${path} has a header of ${length} bytes in a file of ${size}; expected a small part of it. Fetch it again.`,
    );
  }
  const bytes = await readBytes(file, path, Number(length), "the header");
  const { entries, metadata } = parseHeader(path, bytes);
  const dataStart = 8 + Number(length);
  checkOffsets(path, entries, size - dataStart);
  return { entries, metadata, dataStart };
}

function parseHeader(path: string, bytes: Uint8Array) {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new InputError(
      `The header of ${path} is not JSON (${visible(reason(error))}). Fetch the file again.`,
    );
  }
  if (!isRecord(header)) throw new InputError(`The header of ${path} is not a JSON object.`);
  const entries: HeaderEntry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = parseMetadata(path, value);
    else entries.push(parseEntry(path, name, value));
  }
  return { entries, metadata };
}

function parseMetadata(path: string, value: unknown): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== "string")) {
    throw new InputError(`__metadata__ of ${path} must be an object of texts.`);
  }
  return value as Record<string, string>;
}

function parseEntry(path: string, name: string, value: unknown): HeaderEntry {
  const where = `Tensor "${visible(name)}" of ${path}`;
  if (!isRecord(value)) throw new InputError(`${where} has no { dtype, shape, data_offsets } in the header.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(dtypeBytes, dtype)) {
    throw new InputError(
      `${where} has dtype ${shown(dtype)}; expected one of ${Object.keys(dtypeBytes).join(", ")}.`,
    );
  }
  if (!isCounts(shape)) {
    throw new InputError(`${where} has shape ${shown(shape)}; expected whole numbers >= 0.`);
  }
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new InputError(`${where} has data_offsets ${shown(offsets)}; expected [begin, end], begin <= end.`);
  }
  const [begin, end] = offsets;
  const needed = countElements(shape) * dtypeBytes[dtype as Dtype];
  if (end - begin !== needed) {
    throw new InputError(
      `${where}: shape [${shape}] of ${dtype} takes ${needed} bytes, but its data_offsets span ${
        end - begin
      }.`,
    );
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

/** Sorts `entries` by their place and refuses gaps, overlaps, and anything but the exact end of the file. */
function checkOffsets(path: string, entries: HeaderEntry[], dataSize: number): void {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of entries) {
    const where = `Tensor "${visible(name)}" of ${path}`;
    if (begin < expected) {
      throw new InputError(`${where} begins at byte ${begin}, inside the tensor that ends at ${expected}.`);
    }
    if (begin > expected) {
      throw new InputError(`${where} begins at byte ${begin}, leaving a hole after byte ${expected}.`);
    }
    if (end > dataSize) {
      throw new InputError(
        `${where} ends at byte ${end}, but the file holds ${dataSize} bytes of tensors: it is cut short. ` +
          `Fetch it again.`,
      );
    }
    expected = end;
  }
  if (expected !== dataSize) {
    throw new InputError(`${path} has ${dataSize - expected} bytes after its last tensor; expected none.`);
  }
}

async function readTensor(file: Deno.FsFile, path: string, entry: HeaderEntry): Promise<StoredTensor> {
  const { name, dtype, shape, begin, end } = entry;
  const what = `tensor "${name}"`;
  if (dtype === "F16" || dtype === "BF16") {
    const data = new Float32Array((end - begin) / 2);
    const widen = dtype === "F16" ? halfToFloat : bfloatToFloat;
    for (let at = 0; at < data.length; at += chunkElements) {
      const part = data.subarray(at, at + chunkElements);
      const bytes = await readBytes(file, path, 2 * part.length, what);
      widen(new Uint16Array(bytes.buffer), part);
    }
    return { dtype, shape, data, bytes: null };
  }
  const bytes = await readBytes(file, path, end - begin, what);
  if (dtype === "F32") return { dtype, shape, data: new Float32Array(bytes.buffer), bytes: null };
  return { dtype, shape, data: null, bytes };
}

async function readBytes(file: Deno.FsFile, path: string, count: number, what: string) {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const got = await file.read(bytes.subarray(at));
    if (got === null) {
      throw new InputError(`${path} ended within ${what}: ${at} of ${count} bytes were there.`);
    }
    at += got;
  }
  return bytes;
}

// ---- writing

function encodeHeader(
  path: string,
  names: string[],
  tensors: ReadonlyMap<string, NamedValues>,
  metadata: Record<string, string>,
  dtype: "F32" | "F16",
): Uint8Array {
  const fields: [string, unknown][] = [];
  const keys = Object.keys(metadata).sort();
  if (keys.length) fields.push(["__metadata__", Object.fromEntries(keys.map((key) => [key, metadata[key]]))]);
  let begin = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    if (name === "__metadata__" || !isCounts(shape) || countElements(shape) !== data.length) {
      throw new InputError(
        `Cannot write tensor "${name}" to ${path}: its shape is [${shape}] and it has ${data.length} values.`,
      );
    }
    const end = begin + data.length * dtypeBytes[dtype];
    fields.push([name, { dtype, shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  // Joined by hand: an object would put names such as "10" before all others.
  const json = `{${
    fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")
  }}`;
  const text = new TextEncoder().encode(json);
  const header = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(text, 8);
  return header;
}

async function writeTensor(
  file: Deno.FsFile,
  path: string,
  name: string,
  data: Float32Array,
  dtype: "F32" | "F16",
): Promise<void> {
  if (dtype === "F32") {
    return await writeBytes(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  for (let at = 0; at < data.length; at += chunkElements) {
    const part = data.subarray(at, at + chunkElements);
    const bits = floatToHalf(part);
    const lost = bits.findIndex((half, i) => (half & 0x7fff) === 0x7c00 && Number.isFinite(part[i]));
    if (lost >= 0) {
      throw new InputError(
        `Cannot write tensor "${name}" to ${path} as F16: its value ${part[lost]} is beyond 65504. Use F32.`,
      );
    }
    await writeBytes(file, new Uint8Array(bits.buffer));
  }
}

// ---- checks

/** Product of a shape; NaN when it is too large to be a count. */
function countElements(shape: readonly number[]): number {
  const count = shape.reduce((product, side) => product * side, 1);
  return Number.isSafeInteger(count) ? count : NaN;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && side >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return visible(JSON.stringify(value) ?? "missing");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}
