/**
 * Downloads of pinned files: resumed after a cut, a stall or a kill, checked by size and sha256, and in their place
 * only when whole. Proxies are Deno's business: its `fetch` honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY by itself.
 */
import { basename, dirname, join } from "node:path";
import { openAlone } from "./alone.ts";
import { writeBytes } from "./atomic.ts";
import { InputError } from "../errors.ts";
import { fetchRest, type TakePiece, type Trouble } from "./fetch_rest.ts";
import { isRight, type PinnedFile, sha256OfFile } from "./sha256.ts";

/** A file somewhere else, and its place here. */
export interface RemoteFile extends PinnedFile {
  url: string;
}

/** How far a download is. */
export interface DownloadProgress {
  name: string;
  /** So far, with what was here before. */
  bytes: number;
  size: number;
  /** Of the connection that is open; null as long as no time has passed. */
  bytesPerSecond: number | null;
}

/** Who is told what happens. */
export interface DownloadWatch {
  /** A line worth keeping. */
  note(line: string): void;
  /** After every piece that came. */
  progress(progress: DownloadProgress): void;
}

/** Settings of a download; what is left out is `usual`. */
export interface DownloadOptions {
  watch?: DownloadWatch;
  /** So many tries in a row may fail, each with less than a hundredth of the file. */
  tries?: number;
  /** A closed network must not hold anybody up: so long until the answer, */
  answerMs?: number;
  /** and between two pieces of it. */
  stallMs?: number;
  /** Before the second try; doubled before each further one. */
  pauseMs?: number;
  /** Milliseconds of a clock. */
  now?: () => number;
  wait?: (ms: number) => Promise<void>;
}

type Means = Required<DownloadOptions>;

const usual: Means = {
  watch: { note: () => {}, progress: () => {} },
  tries: 4,
  answerMs: 10_000,
  stallMs: 30_000,
  pauseMs: 1000,
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** The place does not give the file. Another place may, and this one may later. */
export class Unavailable extends InputError {
  constructor(url: string, readonly reason: string, advice: string) {
    super(`${url} cannot be fetched (${reason}). ${advice}`);
  }
}

/** Where `download` gathers the file that will be at `path`. */
export function partialPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`);
}

/**
 * Sees to it that `path` holds the file, its sha256 checked; one that is right already stays. What an earlier call left
 * is continued. While another process downloads the same file, waits for it. Throws `Unavailable` when the place does not
 * give the file (what came is kept for the next call), `InputError` for a wrong sum (nothing is kept) and when it cannot
 * be written.
 */
export async function download(file: RemoteFile, options: DownloadOptions = {}): Promise<void> {
  const means = { ...usual, ...options }, partial = partialPath(file.path);
  const part = await openAlone(partial, means).catch((error) => {
    throw unwritable(file, error);
  });
  try {
    if (await isRight(file)) return await part.truncate(0); // it was there, or another process was faster
    const continued = await fetchAll(file, part, means);
    let sum = await sha256OfFile(partial);
    if (sum !== file.sha256 && continued) {
      means.watch.note(`${file.url}: the pieces do not fit together; it begins anew`);
      await part.truncate(0);
      await fetchAll(file, part, means);
      sum = await sha256OfFile(partial);
    }
    if (sum !== file.sha256) {
      await part.truncate(0);
      throw new InputError(
        `${file.url} has sha256 ${sum}; expected ${file.sha256}. Nothing was kept: the file there is damaged or another one.`,
      );
    }
    // The folder needs no sync: a power cut that undoes the renaming leaves the whole file under its partial name.
    await part.sync();
    await Deno.rename(partial, file.path);
  } catch (error) {
    throw error instanceof InputError ? error : unwritable(file, error as Error);
  } finally {
    if ((await part.stat()).size === 0) await Deno.remove(partial).catch(() => {});
    part.close();
  }
}

/** Adds what `part` lacks, in several tries if need be; returns whether the last one continued what was there. */
async function fetchAll(file: RemoteFile, part: Deno.FsFile, means: Means) {
  const bytesNow = async () => (await part.stat()).size;
  let failures = 0, most = await bytesNow(), answered = false;
  for (;;) {
    let here = await bytesNow();
    if (here > file.size) await part.truncate(here = 0);
    if (here === file.size) return true;
    const trouble = await fetchRest({ ...file, ...means, here }, writerInto(part, here, file, means));
    if (!trouble) return here > 0;
    if (trouble.fromZero) await part.truncate(0);
    const bytes = await bytesNow(), { reason, kind, restMs = 0 } = trouble;
    if (bytes > most + file.size / 100) [failures, most] = [0, bytes];
    failures++;
    answered ||= kind === "passing";
    // A network that is closed from the start is not opened by waiting.
    const hopeless = kind === "final" || (kind === "unreachable" && !answered);
    if (hopeless || failures >= means.tries) throw unavailable(file, trouble, bytes);
    const pause = Math.max(restMs, means.pauseMs * 2 ** (failures - 1));
    means.watch.note(`${file.url}: ${reason}; trying again in ${Math.ceil(pause / 1000)} s`);
    await means.wait(pause);
  }
}

/** Writes pieces where they belong and tells how far the file is. */
function writerInto(part: Deno.FsFile, here: number, file: RemoteFile, { now, watch }: Means): TakePiece {
  const began = now(), name = basename(file.path), { size } = file;
  let came = 0;
  const write = async (piece: Uint8Array, at: number) => {
    if (at === 0 && here > 0) await part.truncate(0); // what was there is sent again
    await part.seek(at, Deno.SeekMode.Start);
    await writeBytes(part, piece);
  };
  return async (piece, at) => {
    await write(piece, at).catch((error) => {
      throw unwritable(file, error);
    });
    came += piece.length;
    const seconds = (now() - began) / 1000;
    const bytesPerSecond = seconds > 0 ? came / seconds : null;
    watch.progress({ name, bytes: at + piece.length, size, bytesPerSecond });
  };
}

function unavailable({ url, size }: RemoteFile, { kind, reason }: Trouble, bytes: number): Unavailable {
  const advice = kind === "unreachable"
    ? "Check the network, set HTTPS_PROXY behind a proxy, or name a mirror in DPB_MIRROR"
    : "Run the command again later, or name another place in DPB_MIRROR";
  const kept = bytes > 0 ? `; the ${sizeText(bytes)} of ${sizeText(size)} that came are kept` : "";
  return new Unavailable(url, reason, `${advice}${kept}.`);
}

function unwritable({ path, size }: RemoteFile, { message }: Error): InputError {
  return new InputError(
    `Cannot write ${path} (${message}). It needs ${
      sizeText(size)
    } in a folder that can be written; what came is kept, so run the command again when there is room.`,
  );
}

/** `312783507` -> `312.8 MB`, `28999` -> `29 kB`. */
export function sizeText(bytes: number): string {
  return bytes < 1e5 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
