// Tests the rolling sweep step by step, and what a complete pass proves.
import { beforeEach, expect, test } from 'vitest';
import { readSwept, sweepStep } from '../../../domain/log/unsequenced-sweep.ts';
import { memoryTable, type MemoryTable } from '../../support/stores/memory-table.ts';

/** The streams that each page of the scan names. */
let pages: string[][];
let unread: string[];
let state: MemoryTable;
let now: number;
let sequenced: string[];

beforeEach(() => {
  [pages, unread, state, now, sequenced] = [[[], ['meeting-a'], []], [], memoryTable(), 1_000, []];
});

async function step(): Promise<void> {
  now += 10;
  await sweepStep({
    state,
    clock: () => now,
    sweep: async (from = '0') => {
      const page = Number(from);
      const streams = pages[page] ?? [];
      return page + 1 < pages.length ? { streams, next: String(page + 1) } : { streams };
    },
    sequence: async (streams) => {
      sequenced.push(...streams);
      return streams.filter((stream) => unread.includes(stream));
    },
  });
}

test('a pass that sequenced every stream it found proves that earlier commits have positions', async () => {
  for (let taken = 0; taken < 2; taken++) {
    await step();
    expect(await readSwept(state)).toEqual({ commits: 'unknown' });
  }
  await step();
  expect(sequenced).toEqual(['meeting-a']);
  expect(await readSwept(state)).toEqual({ commits: 'unknown', sequencedBefore: 1_010 });
});

test('the proof of a pass is valid until the next pass has ended', async () => {
  for (let taken = 0; taken < 5; taken++) await step();
  expect(await readSwept(state)).toMatchObject({ sequencedBefore: 1_010 });
  await step();
  expect(await readSwept(state)).toMatchObject({ sequencedBefore: 1_040 });
});

test('a pass that found an unreadable stream proves nothing', async () => {
  unread = ['meeting-a'];
  for (let taken = 0; taken < 3; taken++) await step();
  expect(await readSwept(state)).toEqual({ commits: 'unknown' });
  unread = [];
  for (let taken = 0; taken < 3; taken++) await step();
  expect(await readSwept(state)).toMatchObject({ sequencedBefore: 1_040 });
});

test('a pass whose beginning was not stored proves nothing', async () => {
  await state.compareAndPut({ partition: 'sweep', sort: 'cursor', body: { from: '1' } }, 0);
  for (let taken = 0; taken < 2; taken++) await step();
  expect(await readSwept(state)).toEqual({ commits: 'unknown' });
});

test('a step that fails is repeated', async () => {
  pages = [['meeting-a']];
  const failing = sweepStep({
    state,
    clock: () => now,
    sweep: async () => ({ streams: ['meeting-a'] }),
    sequence: async () => {
      throw new Error('the store is throttled');
    },
  });
  await expect(failing).rejects.toThrow('throttled');
  expect(state.items()).toEqual([]);
});

test('the sweep runs no step during an import, because nothing is sequenced then', async () => {
  await state.compareAndPut(
    { partition: 'log', sort: 'head', body: { size: 0, published: 0, importing: true } },
    0,
  );
  for (let taken = 0; taken < 3; taken++) await step();
  expect(sequenced).toEqual([]);
  expect(await readSwept(state)).toEqual({ commits: 'unknown' });
});
