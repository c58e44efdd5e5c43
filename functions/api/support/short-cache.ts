// Remembers answers for a moment: what seldom changes is not read again for each of many requests.
import type { Clock } from '../../../domain/ports.ts';
import type { ReadHistory } from '../../../domain/recording/article-source.ts';

/** The answer of `read`, or the one that it gave under this key not longer than so many milliseconds ago. */
export type Remember = <T>(key: string, read: () => Promise<T>) => Promise<T>;

const MOST = 5_000;

export interface Memory {
  readonly remember: Remember;
  readonly forget: (key: string) => void;
}

/** With 0 milliseconds nothing is remembered. A failure never is. */
export function shortMemory(clock: Clock, ms: number): Memory {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  return {
    remember: <T>(key: string, read: () => Promise<T>) => {
      if (ms === 0) return read();
      const now = clock();
      const found = known.get(key);
      if (found && now - found.at < ms) return found.answer as Promise<T>;
      const answer = read();
      if (known.size >= MOST) known.clear();
      known.set(key, { at: now, answer });
      answer.catch(() => known.delete(key));
      return answer;
    },
    forget: (key) => known.delete(key),
  };
}

/** Articles and actors only: whether a meeting is retracted must be read as it is now. */
export const rememberedHistory =
  (read: ReadHistory, { remember }: Memory): ReadHistory =>
  (stream) =>
    /^(?:article|actor)-/.test(stream) ? remember(stream, () => read(stream)) : read(stream);
