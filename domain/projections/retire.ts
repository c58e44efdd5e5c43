// Retires generations that are ahead of the log or without rows, so that readers get no rows that the log does not give.
// A rebuild then folds a new generation.
import { readHead } from '../log/head.ts';
import type { Clock, Table } from '../ports.ts';
import { changeGenerations, readableGenerations, readGenerations, type Generations } from './catalog.ts';
import type { RowStores } from './rows/row-store.ts';
import { withRetired } from './transitions.ts';

export interface RetireContext {
  readonly catalog: Table;
  /** No generation is retired without it. */
  readonly clock?: Clock;
  readonly alarm?: (what: string) => void;
}

/**
 * Retires generations that are ahead of the log, as after a backup of the log alone was restored. Reads the head after
 * the checkpoints: `published` only grows, so checkpoints above it prove a fault. Returns the generations and
 * `published`.
 */
export async function retireAheadOfLog(
  context: RetireContext & { readonly state: Table },
  generations: Generations,
): Promise<{ readonly generations: Generations; readonly published: number }> {
  const { published } = await readHead(context.state);
  const ahead = readableGenerations(generations).filter((number) =>
    Object.values(generations.generations[number] ?? {}).some(({ next }) => next > published),
  );
  const why = `it is ahead of the log, which has ${published} events`;
  return { generations: await retire(context, generations, ahead, why), published };
}

/** Retires generations that are ahead of the log or have no rows. For the start of the only writer. */
export async function retireUnsound(
  context: RetireContext & { readonly state: Table; readonly rows: RowStores },
): Promise<void> {
  const { generations } = await retireAheadOfLog(context, await readGenerations(context.catalog));
  const existing = await context.rows.list();
  const missing = readableGenerations(generations).filter((number) => !existing.includes(number));
  await retire(context, generations, missing, 'its file or table is missing');
}

async function retire(
  { catalog, clock, alarm }: RetireContext,
  generations: Generations,
  numbers: readonly number[],
  why: string,
): Promise<Generations> {
  if (numbers.length === 0 || !clock) return generations;
  let isFirst = false;
  const after = await changeGenerations(catalog, (before) => {
    const changed = withRetired(before, numbers, clock());
    isFirst = changed !== undefined;
    return changed;
  });
  if (isFirst)
    alarm?.(
      `generation ${numbers.join(', ')} of the read models is retired, because ${why}; if it was live, a rebuild folds a new one`,
    );
  return after;
}
