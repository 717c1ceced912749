/** The two ways to execute a notebook, by the names that the command line takes. */
import { InputError } from "../errors.ts";
import type { ExecuteOptions } from "./execution.ts";
import { findJupyter } from "./jupyter.ts";
import { executeNotebook } from "./kernel.ts";
import { executeWithJupyter } from "./nbconvert.ts";

/** `kernel`: Deno's own kernel, driven from here; `jupyter`: nbconvert. Both write the same bytes. */
export const frontEnds = ["kernel", "jupyter"] as const;
/** One of `frontEnds`. */
export type FrontEnd = (typeof frontEnds)[number];

/** Executes a notebook and saves the copy, as `executeNotebook` does. */
export type Execute = (options: ExecuteOptions) => Promise<void>;

/** The front end called `name`. Throws `InputError` for another name. */
export function frontEndOf(name: string): FrontEnd {
  const found = frontEnds.find((known) => known === name);
  if (!found) {
    throw new InputError(`Unknown front end "${name}" in --via; expected ${frontEnds.join(" or ")}.`);
  }
  return found;
}

/** Makes a front end ready for the notebooks of the project at `root`. Throws `InputError` if Jupyter is not there. */
export async function openFrontEnd(frontEnd: FrontEnd, root: string): Promise<Execute> {
  if (frontEnd === "kernel") return executeNotebook;
  const jupyter = await findJupyter(root);
  if (!jupyter) {
    throw new InputError(
      "There is no Jupyter here. `deno task setup --jupyter` installs it into the project; --via kernel needs none.",
    );
  }
  return (options) => executeWithJupyter(jupyter, options);
}
