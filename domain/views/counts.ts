// Counts of things by kind, kept by directories: what is retracted leaves them, what is reinstated returns.
import { span } from '../../events/date.ts';
import type { Summary } from './summary.ts';

export type Counts = Readonly<Partial<Record<'meetings' | 'statements' | 'opinions', number>>>;

/** The counts after one thing changed from `before` to `after`; either is absent where it had or has no part. */
export function counted(counts: Counts, before: Summary | undefined, after: Summary | undefined): Counts {
  const by = weight(after) - weight(before);
  const kind = (after ?? before)?.kind;
  if (by === 0 || !kind) return counts;
  const name = `${kind}s` as const;
  return { ...counts, [name]: (counts[name] ?? 0) + by };
}

const weight = (summary: Summary | undefined): number => (summary && !summary.retracted ? 1 : 0);

/** The later of the date known and this one. */
export function lastSeen(
  known: { readonly lastSeen?: string },
  date: string | undefined,
): { lastSeen?: string } {
  const latest = [known.lastSeen, date]
    .filter((value) => value !== undefined)
    .toSorted((a, b) => (span(a).sort < span(b).sort ? -1 : 1))
    .at(-1);
  return latest === undefined ? {} : { lastSeen: latest };
}
