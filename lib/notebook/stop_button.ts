/**
 * The stop button of a notebook is SIGINT to its kernel, which dies of it by default. Here it is a request that training
 * hears between two steps, as Ctrl-C is on the command line.
 */

let presses = 0;

/** From now on SIGINT is counted instead of ending this process. */
export function surviveStopButton(): void {
  Deno.addSignalListener("SIGINT", () => presses++);
}

/** A `shouldStop` for training: whether the stop button was pressed after this call. */
export function stopButton(): () => boolean {
  const before = presses;
  return () => presses > before;
}
