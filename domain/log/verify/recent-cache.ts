// A cache with a maximum size in bytes. It evicts the least recently used entries.

export interface Recent<V> {
  readonly get: (key: string) => V | undefined;
  readonly set: (key: string, value: V, bytes: number) => void;
}

export function leastRecentlyUsedCache<V>(maxBytes: number): Recent<V> {
  const entries = new Map<string, { readonly value: V; readonly bytes: number }>();
  let total = 0;
  const take = (key: string) => {
    const entry = entries.get(key);
    if (entry && entries.delete(key)) total -= entry.bytes;
    return entry;
  };
  const put = (key: string, entry: { readonly value: V; readonly bytes: number }): void => {
    entries.set(key, entry);
    total += entry.bytes;
  };
  return {
    get: (key) => {
      const entry = take(key);
      if (entry) put(key, entry);
      return entry?.value;
    },
    set: (key, value, bytes) => {
      take(key);
      put(key, { value, bytes });
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) break;
        take(oldest);
      }
    },
  };
}
