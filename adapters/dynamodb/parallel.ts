// Runs requests with bounded concurrency. No request is still running when it rejects.

/**
 * Processes items, `atOnce` at a time, and returns the results in order. After the first failure it starts no further
 * item and aborts the signal of `each`, so that a started item sends no further request. It rejects with that failure
 * after all started items have ended.
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
        // Only the first call of `abort` sets the reason.
        failure.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  failed.throwIfAborted();
  return results;
}
