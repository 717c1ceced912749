/** Long work that a kill or a Ctrl-C may interrupt: when to save it, and how it goes on. */
import { setImmediate } from "node:timers";
import { InputError } from "../errors.ts";

/** The run was stopped by the user; its state is saved. */
export class Stopped extends InputError {
  override name = "Stopped";
  /** It was asked for, so no place in the code matters; a notebook would show them. */
  override stack = `Stopped: ${this.message}`;
}

/** Work of several pieces (batches of an evaluation) that goes on where it was, in this process or the next. */
export interface Interruption {
  /** What the same work had done when it was interrupted, any JSON value (JSON keeps numbers to the bit); null: nothing. */
  done: unknown;
  /** Called between two pieces with what is done so far: may save it, and throws `Stopped` when the user asks for it. */
  between(done: unknown): Promise<void>;
}

/** Milliseconds of work that a kill may cost, unless told otherwise. */
const defaultEvery = 60_000;

/** What decides when to save and when to stop. */
export interface PauseOptions {
  /** Milliseconds from an arbitrary origin. */
  now(): number;
  /** Milliseconds of work that a kill may cost; a minute. */
  checkpointEvery?: number;
  /** Asked between two pieces of work; true: save and stop. */
  shouldStop?(): boolean;
}

/**
 * A function to call between two pieces of work. It calls `save` when a kill at the end of the next piece, if that
 * takes as long as the last one, would cost more than `checkpointEvery`; and when the user asks to stop, after which
 * it throws `Stopped` with the message that `stopped` gives.
 */
export function pauses(
  { now, checkpointEvery = defaultEvery, shouldStop }: PauseOptions,
  save: () => Promise<void>,
  stopped: () => string,
): () => Promise<void> {
  let savedAt = now(), lookedAt = savedAt;
  return async () => {
    // Lets signals and timers through: a piece on a CPU backend is one long synchronous call.
    // An immediate takes microseconds, a timer of 0 ms one or two milliseconds.
    await new Promise((resume) => setImmediate(resume));
    const stop = shouldStop?.() ?? false, time = now(), piece = time - lookedAt;
    lookedAt = time;
    if (stop || time - savedAt + piece >= checkpointEvery) {
      await save();
      savedAt = lookedAt = now();
    }
    if (stop) throw new Stopped(stopped());
  };
}
