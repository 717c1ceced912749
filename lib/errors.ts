/**
 * An error a user can act on: what was found, what was expected, what to do, in one or two sentences.
 * The command line prints its message alone (no stack) and exits with code 1.
 */
export class InputError extends Error {
  override name = "InputError";
}

/** A training whose numbers are no numbers any more: its settings are to blame, nothing that it read. */
export class Diverged extends InputError {}

/** `text` for an error message: at most 80 characters, and those that cannot be seen by their number. */
export function visible(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  const unseen = /[\p{Cc}\p{Cf}\u00A0\u2028\u2029]/gu;
  return cut.replace(unseen, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`);
}
