// An invented history that is written into a log equals one that the sequencer wrote.
import { expect, test } from 'vitest';
import { history } from './generate.ts';
import { writeHistory } from './write.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { readGenerations } from '../../../domain/projections/catalog.ts';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import { replay } from '../../../domain/log/replay.ts';
import { readHead } from '../../../domain/log/head.ts';
import { memoryBlobs } from '../stores/memory-blobs.ts';
import { memoryRowStores } from '../stores/memory-row-store.ts';
import { memoryStore } from '../stores/memory-store.ts';
import { memoryTable } from '../stores/memory-table.ts';

const emptyLog = () => ({ store: memoryStore(), log: memoryBlobs(), state: memoryTable() });

test.each([1, 256, 700, 5_000])('a written history of %i events is replayed unchanged', async (length) => {
  const stores = emptyLog();
  expect(await writeHistory(stores, history(3, length))).toBe(length);
  const { published } = await readHead(stores.state);
  expect(published).toBe(length);
  const entries = await Array.fromAsync(replay(stores.log, 0, published));
  expect(entries).toEqual([...history(3, length)].map(({ position, bytes }) => ({ position, bytes })));
});

test('all read models fold a written history to its end', async () => {
  const world = { ...emptyLog(), catalog: memoryTable(), rows: memoryRowStores() };
  await catchUp(world);
  await writeHistory(world, history(4, 2_000));
  const { more, stopped } = await catchUp(world);
  expect([more, stopped.size]).toEqual([false, 0]);
  const { live = 0, generations } = await readGenerations(world.catalog);
  for (const { name } of readModels) expect(generations[live]?.[name]?.next).toBe(2_000);
});

test('a history is not written into a log that is not empty', async () => {
  const stores = emptyLog();
  await writeHistory(stores, history(3, 300));
  const before = stores.log.keys();
  await expect(writeHistory(stores, history(4, 300))).rejects.toThrow('write into an empty log');
  expect(stores.log.keys()).toEqual(before);
});
