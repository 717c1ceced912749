/** Ctrl-C as a request: training saves its state at the next step and stops. A second Ctrl-C ends at once. */

/** Listens for SIGINT and SIGTERM; `requested` says whether one came. */
export function stopSignal(): { requested(): boolean } {
  let asked = false;
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      if (asked) Deno.exit(130);
      asked = true;
      console.error("Stopping after this step; press Ctrl-C again to end at once.");
    });
  }
  return { requested: () => asked };
}
