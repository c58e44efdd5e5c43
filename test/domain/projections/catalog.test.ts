// The catalog's one item: what is read of it, how processes change it at once, and what is refused as damaged.
import { describe, expect, test } from 'vitest';
import { changeGenerations, readGenerations, type Generations } from '../../../domain/projections/catalog.ts';
import type { Table } from '../../../domain/ports.ts';
import { memoryTable } from '../../support/stores/memory-table.ts';

const live: Generations = {
  live: 2,
  building: 3,
  kept: { 1: 2_000 },
  last: 3,
  generations: {
    1: { actors: { version: 1, next: 7 } },
    2: { actors: { version: 1, next: 7, stopped: { position: 7, reason: 'no such actor' } } },
  },
};

const put = (catalog: Table, body: unknown) =>
  catalog.compareAndPut({ partition: 'read-models', sort: 'generations', body }, 0);

describe('the catalog of read models', () => {
  test('given no item, when it is read, then there is no generation', async () => {
    expect(await readGenerations(memoryTable())).toEqual({ last: 0, generations: {} });
  });

  test('given a state that was written, when it is read, then it is the same', async () => {
    const catalog = memoryTable();
    expect(await changeGenerations(catalog, () => live)).toEqual(live);
    expect(await readGenerations(catalog)).toEqual(live);
  });

  test('given a change that another process makes first, when it is written, then it is applied to the new state', async () => {
    const catalog = memoryTable();
    await changeGenerations(catalog, () => live);
    let raced = false;
    const after = await changeGenerations(
      {
        ...catalog,
        compareAndPut: async (item, version) => {
          if (!raced) {
            raced = true;
            await changeGenerations(catalog, (before) => ({ ...before, last: before.last + 1 }));
          }
          return catalog.compareAndPut(item, version);
        },
      },
      (before) => ({ ...before, last: before.last + 10 }),
    );
    expect(after.last).toBe(14);
  });

  test('given nothing to change, when it is asked for, then nothing is written', async () => {
    const catalog = memoryTable();
    expect(await changeGenerations(catalog, () => undefined)).toEqual({ last: 0, generations: {} });
    expect(catalog.items()).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['no object', 'live', 'item: Invalid input'],
    ['a checkpoint without a position', { ...live, generations: { 2: { actors: { version: 1 } } } }, 'next'],
    ['a negative position', { last: 1, generations: { 1: { actors: { version: 1, next: -1 } } } }, 'next'],
    ['an unknown member', { ...live, leases: {} }, 'leases'],
    [
      'a live generation without checkpoints',
      { live: 1, last: 1, generations: {} },
      'generation 1 is live or kept',
    ],
    ['a kept generation without checkpoints', { ...live, kept: { 3: 1 } }, 'generation 3 is live or kept'],
    ['a number above the last', { ...live, last: 2 }, 'generation 3 is above last, 2'],
    ['a live generation that is being removed', { ...live, removing: { 2: 1 } }, 'generation 2 is in use'],
  ])('given %s, when it is read, then the error names the item and the fault', async (_, body, fault) => {
    const catalog = memoryTable();
    await put(catalog, body);
    const read = readGenerations(catalog);
    await expect(read).rejects.toThrow('item read-models generations) is damaged');
    await expect(read).rejects.toThrow(fault);
    await expect(read).rejects.toThrow('remove it to fold all read models again');
  });
});
