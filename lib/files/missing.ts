/** Files that may be gone already. */

/** For `catch` after a removal: what is not there need not be removed. Throws any other error again. */
export function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
