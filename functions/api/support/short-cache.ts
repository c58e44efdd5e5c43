// A cache with a short time to live, for data that rarely changes but is read by many requests.
import type { Clock } from '../../../domain/ports.ts';
import type { ReadHistory } from '../../../domain/recording/article-source.ts';

/** Returns the result of `read`, or the cached one of the same key if it is recent enough. */
export type Remember = <T>(key: string, read: () => Promise<T>) => Promise<T>;

const MAX_KEYS = 5_000;

export interface Memory {
  readonly remember: Remember;
  readonly forget: (key: string) => void;
}

/** Returns a cache whose entries expire after `ms` milliseconds; 0 disables it. Failures are not cached. */
export function shortMemory(clock: Clock, ms: number): Memory {
  const cached = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  return {
    remember: <T>(key: string, read: () => Promise<T>) => {
      if (ms === 0) return read();
      const now = clock();
      const recent = cached.get(key);
      if (recent && now - recent.at < ms) return recent.answer as Promise<T>;
      const answer = read();
      if (cached.size >= MAX_KEYS) cached.clear();
      cached.set(key, { at: now, answer });
      answer.catch(() => cached.delete(key));
      return answer;
    },
    forget: (key) => cached.delete(key),
  };
}

/** Caches the histories of articles and actors. Others must be current, because references check for retractions. */
export const rememberedHistory =
  (read: ReadHistory, { remember }: Memory): ReadHistory =>
  (stream) =>
    /^(?:article|actor)-/.test(stream) ? remember(stream, () => read(stream)) : read(stream);
