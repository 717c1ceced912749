/** Several pieces of work at once, in this process; each waits for something outside it, such as a notebook's kernel. */

/**
 * Does `work` for every item, in their order, up to `jobs` at once. The first to fail stops the running ones through the
 * signal that they are given, which also follows `stop`, and no more begin; its error is thrown when all have ended.
 */
export async function atOnce<T>(
  items: readonly T[],
  { jobs, stop }: { jobs: number; stop?: AbortSignal },
  work: (item: T, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController(), either = AbortSignal.any([failure.signal, ...stop ? [stop] : []]);
  const errors: unknown[] = [], queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined && !failure.signal.aborted; item = queue.shift()) {
      try {
        await work(item, either);
      } catch (error) {
        errors.push(error);
        failure.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
