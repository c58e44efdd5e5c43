// Generations whose rows cannot follow from the log: they are ahead of it, or their rows are gone. They are retired, so
// that readers get no rows that the log does not have, and the read models are folded anew.
import { readHead } from '../log/head.ts';
import type { Clock, Table } from '../ports.ts';
import { changeGenerations, readableGenerations, readGenerations, type Generations } from './catalog.ts';
import type { RowStores } from './rows/row-store.ts';
import { withRetired } from './transitions.ts';

export interface RetireContext {
  readonly catalog: Table;
  /** Nothing is retired without it. */
  readonly clock?: Clock;
  readonly alarm?: (what: string) => void;
}

/**
 * Retires generations that have folded more than the log has, as after a backup of the log alone was restored. Reads the
 * head itself: `published` only grows, so that a head read after the checkpoints is never below them in a sound archive.
 * Returns the generations, and how much is published.
 */
export async function retireAheadOfLog(
  world: RetireContext & { readonly state: Table },
  generations: Generations,
): Promise<{ readonly generations: Generations; readonly published: number }> {
  const { published } = await readHead(world.state);
  const ahead = readableGenerations(generations).filter((number) =>
    Object.values(generations.generations[number] ?? {}).some(({ next }) => next > published),
  );
  const why = `ahead of the log, which has ${published} events`;
  return { generations: await retire(world, generations, ahead, why), published };
}

/** Retires generations that are ahead of the log or have no rows. For the start of a process that is the only writer. */
export async function retireUnsound(
  world: RetireContext & { readonly state: Table; readonly rows: RowStores },
): Promise<void> {
  const { generations } = await retireAheadOfLog(world, await readGenerations(world.catalog));
  const existing = await world.rows.list();
  const without = readableGenerations(generations).filter((number) => !existing.includes(number));
  await retire(world, generations, without, 'without rows: its file or table is missing');
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
      `generation ${numbers.join(', ')} of the read models is ${why}: it is removed, and a missing live generation is folded anew`,
    );
  return after;
}
