// So many at once, and no more: calls to a store that do not wait for each other.
const AT_ONCE = 16;

/** Slices of the list, and where each begins. */
export function* wavesOf<T>(all: readonly T[]): Generator<[at: number, wave: readonly T[]]> {
  for (let at = 0; at < all.length; at += AT_ONCE) yield [at, all.slice(at, at + AT_ONCE)];
}

/** The results, in order. Rejects with the first failure in order, once all have ended: nothing is still under way then. */
export async function allEnded<T>(all: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(all);
  return Promise.all(all);
}
