/** One line of `doctor`: what was looked for, what was found, and what to do about it. */
import { InputError } from "../errors.ts";

export interface Finding {
  what: string;
  /** `optional` and `needed` are not there or not as they should be; what is `needed` stops the chosen grid. */
  state: "there" | "optional" | "needed";
  found: string;
  /** What to do; null where nothing is to be done. */
  fix: string | null;
}

/** Something is there. */
export function there(what: string, found: string): Finding {
  return { what, state: "there", found, fix: null };
}

/** Something is not there or not right. */
export function lacking(what: string, state: "optional" | "needed", found: string, fix: string): Finding {
  return { what, state, found, fix };
}

const marks = { there: "[x]", optional: "[ ]", needed: "[!]" };

/** `[x] BLAS: openblas`, or `[ ] BLAS: not there - install one`. */
export function findingLine({ what, state, found, fix }: Finding): string {
  return `${marks[state]} ${what}: ${found}${fix === null ? "" : ` - ${fix}`}`;
}

/**
 * What `look` finds. When it fails, that is the finding: an `InputError` says itself what is wrong and what to do about
 * it and counts as `state`; anything else is not known to stop a run.
 */
export async function finding(
  what: string,
  look: () => Finding | Promise<Finding>,
  state: "optional" | "needed" = "needed",
): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof InputError) return { what, state, found: message, fix: null };
    return { what, state: "optional", found: `could not be looked at (${firstLine(message)})`, fix: null };
  }
}

function firstLine(text: string): string {
  return text.split("\n")[0].slice(0, 200);
}
