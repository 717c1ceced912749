/** One try to get a file over HTTP, or the rest of a file of which the beginning is here. */
import { InputError } from "../errors.ts";

/** What is asked for. */
export interface Wish {
  url: string;
  /** Bytes of the whole file. */
  size: number;
  /** Bytes that are here. */
  here: number;
  /** Milliseconds until the answer, */
  answerMs: number;
  /** and between two pieces of it. */
  stallMs: number;
}

/** Takes a piece that belongs at byte `at` of the file: the first one at `here`, or at 0 where a server knows no ranges. */
export type TakePiece = (piece: Uint8Array, at: number) => Promise<void>;

/** Why a try did not bring the whole file. */
export interface Trouble {
  reason: string;
  /** `passing`: another try may help. `unreachable`: there was no answer at all. */
  kind: "unreachable" | "passing" | "final";
  /** Milliseconds the server wants to be left alone. */
  restMs?: number;
  /** True when what is here is of no use. */
  fromZero?: boolean;
}

/** A server that asks for a longer rest is not waited for. */
const longestRestMs = 60_000;

/**
 * Gets the rest of a file. Null when it came whole, by size; else what was wrong. Passes on what `take` throws as
 * `InputError`, and throws nothing else.
 */
export async function fetchRest(
  { url, size, here, answerMs, stallMs }: Wish,
  take: TakePiece,
): Promise<Trouble | null> {
  const alarm = alarmClock();
  try {
    alarm.set(answerMs, `no answer in ${answerMs / 1000} s`);
    const response = await fetch(url, {
      signal: alarm.signal,
      // Counted and summed as it is stored, not as some server packs it.
      headers: { "accept-encoding": "identity", ...(here > 0 ? { range: `bytes=${here}-` } : {}) },
    });
    const begin = beginOf(response, here, size);
    if (typeof begin !== "number") {
      await response.body?.cancel();
      return begin;
    }
    let bytes = begin;
    const stalled = `nothing came for ${stallMs / 1000} s`;
    alarm.set(stallMs, stalled);
    for await (const piece of response.body ?? []) {
      if (bytes + piece.length > size) {
        return { ...final(`it gives more than ${size} bytes`), fromZero: true };
      }
      await take(piece, bytes);
      bytes += piece.length;
      alarm.set(stallMs, stalled);
    }
    return bytes === size ? null : passing(`it ended after ${bytes} of ${size} bytes`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    return troubleOf(error);
  } finally {
    alarm.off();
  }
}

const final = (reason: string): Trouble => ({ reason, kind: "final" });
const passing = (reason: string): Trouble => ({ reason, kind: "passing" });

/** The byte of the file at which the body of an answer begins, or what is wrong with the answer. */
function beginOf({ status, headers }: Response, here: number, size: number): number | Trouble {
  if (status === 200) { // also from a server that knows no ranges
    const length = headers.get("content-length") ?? size;
    // A log-in page, most likely.
    return Number(length) === size ? 0 : final(`it has ${length} bytes there, expected ${size}`);
  }
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
    if (range && Number(range[1]) === here && ["*", String(size)].includes(range[2])) return here;
    return { ...passing("it gives another part than the one asked for"), fromZero: true };
  }
  if (status === 416) return { ...passing("it has no more bytes than are here"), fromZero: true };
  if (status !== 408 && status !== 429 && status < 500) return final(`it answers ${status}`);
  const restMs = restOf(headers);
  if (restMs <= longestRestMs) return { ...passing(`it answers ${status}`), restMs };
  return final(`it answers ${status} and asks to come back in ${Math.ceil(restMs / 1000)} s`);
}

/** `Retry-After`: seconds, or a date, which is compared with the server's own. */
function restOf(headers: Headers): number {
  const text = headers.get("retry-after") ?? "";
  if (/^\d+$/.test(text)) return 1000 * Number(text);
  const ms = Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return ms > 0 ? ms : 0; // not a number, too
}

function troubleOf(error: unknown): Trouble {
  const reason = reasonOf(error).replace(/^fetch failed: /, "").replace(/^error sending request .*?\): /, "");
  const [noConnection, noAnswer] = [/^client error \(Connect\): /, /^no answer/];
  const unreachable = noConnection.test(reason) || noAnswer.test(reason);
  return { reason: reason.replace(noConnection, ""), kind: unreachable ? "unreachable" : "passing" };
}

/** An error's message with that of its cause: a failed fetch says why only there. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replace(/\.$/, "");
  return error.cause instanceof Error ? `${message}: ${reasonOf(error.cause)}` : message;
}

/** Aborts `signal` when it is not set anew in time. */
function alarmClock() {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    signal: abort.signal,
    set(ms: number, reason: string) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(new Error(reason)), ms);
    },
    off: () => clearTimeout(timer),
  };
}
