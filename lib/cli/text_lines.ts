/** Lines of text from a stream of bytes, each given out as soon as it has ended. */

/** One line; what is wrong with it stands in `problem`. */
export interface TextLine {
  /** Counted from 1. */
  number: number;
  text: string;
  problem: string | null;
}

/** Bytes of a line: far more than a model reads, little enough that a stream without line feeds fills no memory. */
export const longestLine = 65536;

/**
 * The lines of `stream`: LF or CRLF, the last one with or without. A line that is too long or not UTF-8 is given with
 * its problem, and the next one follows.
 */
export async function* textLines(
  stream: ReadableStream<Uint8Array>,
  longest = longestLine,
): AsyncGenerator<TextLine> {
  let number = 0, pending: Uint8Array[] = [], size = 0;
  const add = (bytes: Uint8Array) => {
    size += bytes.length;
    if (size <= longest) pending.push(bytes.slice()); // the stream may use its buffer again
    else pending = [];
  };
  const ended = (): TextLine => {
    const line = lineOf(++number, pending, size, longest);
    [pending, size] = [[], 0];
    return line;
  };
  for await (const chunk of stream) {
    let begin = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, begin)) {
      add(chunk.subarray(begin, end));
      yield ended();
      begin = end + 1;
    }
    if (begin < chunk.length) add(chunk.subarray(begin));
  }
  if (size > 0) yield ended();
}

function lineOf(number: number, parts: Uint8Array[], size: number, longest: number): TextLine {
  if (size > longest) {
    return { number, text: "", problem: `it has ${size} bytes; expected at most ${longest}` };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(joined(parts, size));
    return { number, text: text.replace(/\r$/, ""), problem: null };
  } catch {
    return { number, text: "", problem: "it is not UTF-8 text" };
  }
}

function joined(parts: Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
