/** Ctrl-C as a request: training saves its state at the next step and stops. A second Ctrl-C ends at once. */

/** Listens for SIGINT and SIGTERM; `requested` says whether one came, `signal` tells it. */
export function stopSignal(): { requested(): boolean; signal: AbortSignal } {
  const controller = new AbortController(), { signal } = controller;
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const name of signals) {
    Deno.addSignalListener(name, () => {
      if (signal.aborted) Deno.exit(130);
      controller.abort();
      console.error("Stopping after this step; press Ctrl-C again to end at once.");
    });
  }
  return { requested: () => signal.aborted, signal };
}
