// Limits the number of concurrent calls to a store.
const MAX_CONCURRENT = 16;

/** Splits a list into slices of at most 16 items. Yields each slice with the index of its first item. */
export function* slicesOf<T>(all: readonly T[]): Generator<[at: number, slice: readonly T[]]> {
  for (let at = 0; at < all.length; at += MAX_CONCURRENT) yield [at, all.slice(at, at + MAX_CONCURRENT)];
}

/**
 * Returns the results in order after all promises have settled, so that no call is still running.
 * @throws the first failure in the order of the list
 */
export async function allEnded<T>(all: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(all);
  return Promise.all(all);
}
