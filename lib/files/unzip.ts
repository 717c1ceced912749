/**
 * Takes single files out of a ZIP archive, piece by piece: neither the archive nor a file of it is ever whole in memory.
 * By the archive's directory, which stands at its end, because what stands before each file may lack its size.
 * Format: PKWARE's APPNOTE 4.3, without ZIP64 and encryption.
 */
import { writeBytes } from "./atomic.ts";
import { InputError } from "../errors.ts";
import { reasonOf } from "./fetch_rest.ts";

interface Entry {
  method: number;
  packedBytes: number;
  bytes: number;
  /** Of the entry's own header in the archive. */
  at: number;
}

const stored = 0, deflated = 8;
const endSignature = 0x06054b50, directorySignature = 0x02014b50, entrySignature = 0x04034b50;

/**
 * Writes entries of `archive` to files: `places` holds the path of each by the entry's name. The archive's own names
 * decide nothing but which entry is meant, so none of them can point out of a folder. Throws `InputError` when it is no
 * archive, lacks an entry, or one cannot be unpacked; what was written until then stays.
 */
export async function unzip(archive: string, places: ReadonlyMap<string, string>): Promise<void> {
  using file = await Deno.open(archive);
  const entries = await readDirectory(file);
  if (!entries) throw new InputError(`${archive} is no ZIP archive, or its end is missing. Fetch it again.`);
  for (const [name, place] of places) {
    const entry = entries.get(name);
    if (!entry) throw new InputError(`${archive} lacks ${name}; expected an archive that has it.`);
    try {
      await unpack(file, entry, place);
    } catch (error) {
      throw new InputError(`${name} of ${archive} cannot be unpacked to ${place} (${reasonOf(error)}).`);
    }
  }
}

/** The entries by name, or null where there is no directory. */
async function readDirectory(file: Deno.FsFile): Promise<Map<string, Entry> | null> {
  const { size } = await file.stat();
  const tail = await readRange(file, Math.max(0, size - 22 - 0xffff), size); // a comment may follow the end record
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== endSignature) end--;
  if (end < 0) return null;
  const begin = tail.getUint32(end + 16, true);
  const view = await readRange(file, begin, begin + tail.getUint32(end + 12, true));
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= view.byteLength && view.getUint32(at, true) === directorySignature;) {
    const short = (offset: number) => view.getUint16(at + offset, true);
    const long = (offset: number) => view.getUint32(at + offset, true);
    const name = new Uint8Array(view.buffer, at + 46, Math.min(short(28), view.byteLength - at - 46));
    entries.set(new TextDecoder().decode(name), {
      method: short(10),
      packedBytes: long(20),
      bytes: long(24),
      at: long(42),
    });
    at += 46 + short(28) + short(30) + short(32);
  }
  return entries;
}

async function unpack(archive: Deno.FsFile, entry: Entry, place: string): Promise<void> {
  if (entry.method !== stored && entry.method !== deflated) {
    throw new Error(`its method ${entry.method} is not known`);
  }
  const begin = await bodyOf(archive, entry);
  const packed = ReadableStream.from(pieces(archive, begin, begin + entry.packedBytes));
  const plain = entry.method === deflated
    ? packed.pipeThrough(new DecompressionStream("deflate-raw"))
    : packed;
  using target = await Deno.open(place, { write: true, create: true, truncate: true });
  let bytes = 0;
  for await (const piece of plain) {
    bytes += piece.length;
    if (bytes > entry.bytes) break;
    await writeBytes(target, piece);
  }
  if (bytes !== entry.bytes) throw new Error(`it has ${bytes} bytes, expected ${entry.bytes}`);
  await target.sync();
}

/** The byte at which an entry's body begins: its own header repeats the name, and has extra fields of its own. */
async function bodyOf(file: Deno.FsFile, { at }: Entry): Promise<number> {
  const header = await readRange(file, at, at + 30);
  if (header.byteLength < 30 || header.getUint32(0, true) !== entrySignature) {
    throw new Error("its header is not there");
  }
  return at + 30 + header.getUint16(26, true) + header.getUint16(28, true);
}

async function readRange(file: Deno.FsFile, begin: number, end: number): Promise<DataView<ArrayBuffer>> {
  const bytes = new Uint8Array(await new Blob(await Array.fromAsync(pieces(file, begin, end))).arrayBuffer());
  return new DataView(bytes.buffer);
}

/** The bytes from `begin` to `end`, or to the end of the file, 64 KB at a time. */
async function* pieces(
  file: Deno.FsFile,
  begin: number,
  end: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await file.seek(begin, Deno.SeekMode.Start);
  for (let at = begin; at < end;) {
    const piece = new Uint8Array(Math.min(1 << 16, end - at));
    const bytes = await file.read(piece);
    if (bytes === null) return;
    yield piece.subarray(0, bytes);
    at += bytes;
  }
}
