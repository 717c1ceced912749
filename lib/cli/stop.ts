/** Ctrl-C as a request: training saves its state at the next step and stops. A second Ctrl-C ends at once. */

/** Whether the user wants this process to stop. */
export interface StopSignal {
  requested(): boolean;
  /** Aborted by the same request. */
  signal: AbortSignal;
}

/**
 * Listens for SIGINT and SIGTERM and tells the first one through `say`. If `input` is given, its end is the same request:
 * whoever holds the other end of a pipe closes it, or ends.
 */
export function stopSignal(
  say: (line: string) => void = console.error,
  input?: ReadableStream<Uint8Array>,
): StopSignal {
  const controller = new AbortController(), { signal } = controller;
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  let signalled = false;
  for (const name of signals) {
    Deno.addSignalListener(name, () => {
      if (signalled) Deno.exit(130);
      signalled = true;
      controller.abort();
      say("Stopping after this step; press Ctrl-C again to end at once.");
    });
  }
  input?.pipeTo(new WritableStream()).catch(() => {}).then(() => controller.abort());
  return { requested: () => signal.aborted, signal };
}
