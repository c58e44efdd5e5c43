// A made-up history in a log is what the sequencer would have left: it replays, and views fold it to its end.
import { describe, expect, test } from 'vitest';
import { history } from '../../bench/history/generate.ts';
import { writeHistory } from '../../bench/history/write.ts';
import { catchUp } from '../../domain/project.ts';
import { readProjection } from '../../domain/projections.ts';
import { replay } from '../../domain/replay.ts';
import { readHead } from '../../domain/head.ts';
import { views } from '../../domain/views/all.ts';
import { memoryBlobs } from '../support/memory-blobs.ts';
import { memoryStore } from '../support/memory-store.ts';
import { memoryTable } from '../support/memory-table.ts';

const emptyLog = () => ({ store: memoryStore(), log: memoryBlobs(), state: memoryTable() });

describe('a history that is written into an empty log', () => {
  test.each([1, 256, 700, 5_000])('replays as it was made: %i events', async (length) => {
    const stores = emptyLog();
    expect(await writeHistory(stores, history(3, length))).toBe(length);
    const { published } = await readHead(stores.state);
    expect(published).toBe(length);
    const entries = await Array.fromAsync(replay(stores.log, 0, published));
    expect(entries).toEqual([...history(3, length)].map(({ position, bytes }) => ({ position, bytes })));
  });

  test('is folded by every view to its end', async () => {
    const projector = { ...emptyLog(), views: memoryTable() };
    await writeHistory(projector, history(4, 2_000));
    for (const view of views) {
      expect(await catchUp(projector, view)).toBeUndefined();
      const { live, generations } = await readProjection(projector.views, view);
      expect(generations[live]?.next).toBe(2_000);
    }
  });
});

test('a log that has something already is left as it is', async () => {
  const stores = emptyLog();
  await writeHistory(stores, history(3, 300));
  const before = stores.log.keys();
  await expect(writeHistory(stores, history(4, 300))).rejects.toThrow('write into an empty log');
  expect(stores.log.keys()).toEqual(before);
});
