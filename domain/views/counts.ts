// Counts of things by kind, kept by directories: what is retracted leaves them, what is reinstated returns.
import type { Facts } from './facts.ts';

export type Counts = Readonly<Partial<Record<'meetings' | 'statements' | 'opinions', number>>>;

type Counted = Pick<Facts, 'kind' | 'retracted'>;

/** The counts after one thing changed from `before` to `after`; either is absent where it had or has no part. */
export function counted(counts: Counts, before: Counted | undefined, after: Counted | undefined): Counts {
  const by = weight(after) - weight(before);
  const kind = (after ?? before)?.kind;
  if (by === 0 || !kind) return counts;
  const name = NAMES[kind];
  return { ...counts, [name]: (counts[name] ?? 0) + by };
}

const NAMES = { meeting: 'meetings', statement: 'statements', opinion: 'opinions' } as const;

const weight = (thing: Counted | undefined): number => (thing && !thing.retracted ? 1 : 0);
