/** The passes of the final evaluation over dev, which a kill may interrupt: minutes of work on a big task. */
import { writeAtomic } from "../../files/atomic.ts";
import { type Interruption, type PauseOptions, pauses } from "../../train/mod.ts";

/**
 * The passes whose state is kept in `file`; ask for each by its name. One that was interrupted, in this process or
 * another one, goes on where it was. A file that cannot be read as JSON counts as none.
 */
export async function openPasses(
  file: string,
  options: PauseOptions,
): Promise<(name: string) => Interruption> {
  const done = await readState(file);
  const save = () => writeAtomic(file, JSON.stringify(done));
  const pause = pauses(
    options,
    save,
    () => "Stopped while evaluating; the same command (without --fresh) continues there.",
  );
  return (name) => ({
    done: done[name] ?? null,
    between: (now) => {
      done[name] = now;
      return pause();
    },
  });
}

async function readState(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}
