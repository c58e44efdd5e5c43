// Runs many requests, a bounded number at once, and leaves none behind when it rejects.

/**
 * Returns the results in the order of `items`. After the first failure no further item is started; once all that were
 * started have ended, it rejects with that failure. `each` gets a signal that is aborted at the failure, so that an item
 * of several requests does not send its next one.
 */
export async function inParallel<T, R>(
  atOnce: number,
  items: readonly T[],
  each: (item: T, failed: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const failure = new AbortController();
  const { signal: failed } = failure;
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) {
      if (failed.aborted) return;
      try {
        results[index] = await each(item, failed);
      } catch (error) {
        // The first reason stays.
        failure.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  failed.throwIfAborted();
  return results;
}
