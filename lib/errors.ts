/**
 * An error a user can act on: what was found, what was expected, what to do, in one or two sentences.
 * The command line prints its message alone (no stack) and exits with code 1.
 */
export class InputError extends Error {
  override name = "InputError";
}
