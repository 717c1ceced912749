/** Sends `signal` to a child process; one that has ended gets none. */
export function sendSignal(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // it ended before we noticed
  }
}
