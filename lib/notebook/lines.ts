/** What a child process says, line by line. */

/** A stream that is being read. */
export interface Lines {
  /** Ends with the stream; rejects if `onLine` throws. */
  done: Promise<void>;
  /** Stops reading: a grandchild may hold the stream open. */
  stop(): Promise<void>;
}

/** Reads `stream` to its end; `onLine` gets every line that is not blank. */
export function followLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Lines {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const done = (async () => {
    for (let rest = "";;) {
      const { value, done } = await reader.read();
      const lines = (rest + (done ? "\n" : decoder.decode(value, { stream: true }))).split(/\r?\n/);
      rest = lines.pop()!;
      for (const line of lines) if (line.trim()) onLine(line);
      if (done) return;
    }
  })();
  done.catch(() => {}); // for who does not wait for it
  return {
    done,
    async stop() {
      await reader.cancel().catch(() => {});
      await done.catch(() => {});
    },
  };
}
