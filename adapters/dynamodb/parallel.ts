// Does many things, so many at once and no more.

/** The results in the order of `items`. Rejects at the first failure; what is under way then still ends. */
export async function inParallel<T, R>(
  atOnce: number,
  items: readonly T[],
  each: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await each(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
