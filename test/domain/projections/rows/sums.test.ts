// Tests that sums are exact at every position: the newest snapshot and the deltas after it equal a plain count.
import { describe, expect, test } from 'vitest';
import { history } from '../../../support/history/generate.ts';
import { readModels } from '../../../../domain/projections/views/read-models.ts';
import { withoutDates } from '../../../../domain/projections/rows/latest-dates.ts';
import type { RowVersion } from '../../../../domain/projections/rows/row.ts';
import { difference } from '../../../../domain/projections/rows/row-difference.ts';
import {
  deltaRows,
  sumsIn,
  sumsAt,
  sumsOf,
  sumsWriter,
  WINDOW_POSITIONS,
  windowEnd,
  type Deltas,
  type SumsByName,
} from '../../../../domain/projections/rows/sums.ts';
import { recentRowsOf } from '../../../../domain/projections/rows/recent-rows.ts';
import { TOPIC_COUNTS } from '../../../../domain/projections/rows/row-keys.ts';
import { versionsOf } from '../../../support/archives/fold-history.ts';
import { countingRows } from '../../../support/stores/counting-rows.ts';
import { addDeltas, type SumsOf } from '../../../support/stores/current-rows.ts';
import { memoryRowStore, type MemoryRowStore } from '../../../support/stores/memory-row-store.ts';
import { seeded } from '../../../support/seeded.ts';

const adds = (sort: string, name = 'statements') => ({ partition: 'actor-counts', sort, adds: name });
const speaks = (topic: string, actor: string) => ({
  partition: `speakers/${topic}`,
  sort: actor,
  adds: 'lines',
});
const byKey = (rows: RowVersion[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
const eventsOf = (seed: number, count: number) => [...history(seed, count)].map((each) => each.event);
const undated = (sums: ReadonlyMap<string, SumsByName>): Record<string, SumsByName> =>
  Object.fromEntries([...sums].map(([sort, each]) => [sort, withoutDates(each)]));
const GROUPS = readModels.flatMap(({ sums = [] }) => sums);

describe('rows of deltas', () => {
  test('an event writes one row of deltas per group, with additions, removals, and 0 for sums that its stream keeps', () => {
    expect(deltaRows([adds('a'), adds('b')], [adds('b'), adds('c')], 7)).toEqual([
      {
        partition: 'actor-counts-deltas',
        sort: '000000000007',
        position: 7,
        body: [
          ['actor-counts', 'b', 'statements', 0],
          ['actor-counts', 'c', 'statements', 1],
          ['actor-counts', 'a', 'statements', -1],
        ],
      },
    ]);
  });

  test('an event that changes no sum writes no row of deltas', () => {
    expect(deltaRows([adds('a')], [adds('a')], 7)).toEqual([]);
  });

  test('an event writes one row of deltas per group, for any number of partitions in the group', () => {
    const rows = deltaRows([], [speaks('peace', 'a'), speaks('trade', 'a'), adds('a')], 7);
    expect(rows.map(({ partition }) => partition)).toEqual(['speakers-deltas', 'actor-counts-deltas']);
  });

  test('an event writes several rows of deltas if the sums that it changes do not fit into one', () => {
    const rows = deltaRows(
      [],
      Array.from({ length: 400 }, (_, index) => adds(`${index}`)),
      7,
    );
    expect(rows.map(({ sort }) => sort)).toEqual([
      '000000000007',
      '000000000007~000140',
      '000000000007~000280',
    ]);
    expect(rows.flatMap(({ body }) => body)).toHaveLength(400);
  });
});

describe('a window', () => {
  test.each([
    [0, WINDOW_POSITIONS - 1],
    [WINDOW_POSITIONS - 1, WINDOW_POSITIONS - 1],
    [WINDOW_POSITIONS, 2 * WINDOW_POSITIONS - 1],
  ])('the window that contains position %i ends at %i', (position, end) => {
    expect(windowEnd(position)).toBe(end);
  });

  test('a window has a snapshot of the sums that changed within it, computed from the snapshot before', async () => {
    const store = memoryRowStore();
    await store.append([
      { partition: 'actor-counts', sort: 'b', position: WINDOW_POSITIONS - 1, body: { statements: 1 } },
    ]);
    const writer = sumsWriter(store, GROUPS, WINDOW_POSITIONS);
    writer.add([
      { partition: 'all', sort: 'x', position: WINDOW_POSITIONS + 3, body: {} },
      ...deltaRows([], [adds('a'), adds('a', 'meetings')], WINDOW_POSITIONS + 3),
    ]);
    writer.add(deltaRows([adds('b')], [adds('a')], WINDOW_POSITIONS + 4));
    const end = 2 * WINDOW_POSITIONS - 1;
    expect(await writer.snapshot(end)).toEqual([
      { partition: 'actor-counts', sort: 'a', position: end, body: { statements: 2, meetings: 1 } },
      { partition: 'actor-counts', sort: 'b', position: end, body: { statements: 0 } },
    ]);
  });

  test('a window that a writer begins in the middle has the same snapshot as one that is written from its beginning', async () => {
    const versions = Array.from({ length: WINDOW_POSITIONS }, (_, position) =>
      difference([], [adds(`${position % 7}`), speaks('peace', `${position % 3}`)], position),
    ).flat();
    const whole = sumsWriter(memoryRowStore(), GROUPS, 0);
    whole.add(versions);
    const store = memoryRowStore();
    await store.append(versions);
    const late = sumsWriter(store, GROUPS, 900);
    late.add(versions.filter(({ position }) => position >= 900));
    expect(byKey(await late.snapshot(WINDOW_POSITIONS - 1))).toEqual(
      byKey(await whole.snapshot(WINDOW_POSITIONS - 1)),
    );
  });
});

describe('sums of the history of a desk of editors', () => {
  const EVENTS = 2 * WINDOW_POSITIONS + 500;

  test('the sums of a history equal a plain count, at every kind of position', async () => {
    const versions = await versionsOf(eventsOf(5, EVENTS), 700);
    const rows = await withSnapshots(versions, EVENTS);
    const byPosition = Map.groupBy(versions, ({ position }) => position);
    const random = seeded(5);
    const checked = new Set([0, ...Array.from({ length: 20 }, () => random.below(EVENTS))]);
    for (const end of [WINDOW_POSITIONS - 1, 2 * WINDOW_POSITIONS - 1])
      for (const near of [-1, 0, 1]) checked.add(end + near);
    const plain: SumsOf = new Map();
    for (let at = 0; at < EVENTS; at++) {
      for (const { partition, body } of byPosition.get(at) ?? [])
        if (partition.endsWith('-deltas')) addDeltas(plain, body as Deltas);
      if (!checked.has(at)) continue;
      const reading = { rows, recentRows: recentRowsOf(rows), at };
      for (const [partition, sums] of plain) {
        const keys = Object.keys(sums);
        expect(undated(await sumsAt(reading, partition)), `${partition} at ${at}`).toEqual(sums);
        const few = await sumsOf(reading, partition, [...keys.slice(0, 5), 'nobody']);
        expect(undated(few)).toEqual(Object.fromEntries(Object.entries(sums).slice(0, 5)));
      }
    }
    expect(new Set([...plain.keys()].map((name) => name.split('/')[0])).size).toBe(GROUPS.length);
  });

  test('sums of a range of keys are read in ascending or descending order, as far as the reader needs them', async () => {
    const rows = await withSnapshots(
      await versionsOf(eventsOf(5, WINDOW_POSITIONS + 300), 700),
      WINDOW_POSITIONS + 300,
    );
    for (const at of [
      10,
      1_000,
      WINDOW_POSITIONS - 2,
      WINDOW_POSITIONS - 1,
      WINDOW_POSITIONS,
      WINDOW_POSITIONS + 299,
    ]) {
      const reading = { rows, recentRows: recentRowsOf(rows), at };
      const all = [...(await sumsAt(reading, TOPIC_COUNTS))].toSorted(([a], [b]) => (a < b ? -1 : 1));
      const sorts = all.map(([sort]) => sort);
      const [from = '', below = ''] = [sorts[3], sorts.at(-2)];
      for (const range of [{}, { from }, { below }, { from, below }]) {
        const within = all
          .filter(([sort]) => !('from' in range) || sort >= from)
          .filter(([sort]) => !('below' in range) || sort < below)
          .map(([sort, sums]) => ({ sort, sums }));
        const part = { partition: TOPIC_COUNTS, ...range };
        expect(await Array.fromAsync(sumsIn(reading, part))).toEqual(within);
        expect(await Array.fromAsync(sumsIn(reading, part, true))).toEqual(within.toReversed());
      }
    }
  });
});

describe('a writer that is given the sums of the window before', () => {
  const second = deltaRows([], [adds('a'), adds('b')], WINDOW_POSITIONS + 3);

  test('a writer with the sums of the window before writes the same snapshot as without them, and reads no sums', async () => {
    const store = memoryRowStore();
    const { rows, known } = await firstWindow(store);
    await store.append(rows);
    const alone = sumsWriter(store, GROUPS, WINDOW_POSITIONS);
    alone.add(second);
    const counted = countingRows(store);
    const next = sumsWriter(counted.store, GROUPS, WINDOW_POSITIONS, known);
    next.add(second);
    expect(await next.snapshot(2 * WINDOW_POSITIONS - 1)).toEqual(
      await alone.snapshot(2 * WINDOW_POSITIONS - 1),
    );
    // Only `b`, which the first window does not have.
    expect(counted.counts()).toMatchObject({ ranges: 1, rows: 0 });
  });

  test('a writer does not use the sums of a window that is not the one before', async () => {
    const store = memoryRowStore();
    const { rows, known } = await firstWindow(store);
    await store.append(rows);
    await store.append([
      { partition: 'actor-counts', sort: 'a', position: 2 * WINDOW_POSITIONS - 1, body: { statements: 5 } },
    ]);
    const later = sumsWriter(store, GROUPS, 2 * WINDOW_POSITIONS, known);
    later.add(deltaRows([], [adds('a')], 2 * WINDOW_POSITIONS));
    expect(await later.snapshot(3 * WINDOW_POSITIONS - 1)).toMatchObject([
      { sort: 'a', body: { statements: 6 } },
    ]);
  });

  async function firstWindow(store: MemoryRowStore) {
    const writer = sumsWriter(store, GROUPS, 0);
    writer.add(deltaRows([], [adds('a')], 7));
    return { rows: await writer.snapshot(WINDOW_POSITIONS - 1), known: writer.known(WINDOW_POSITIONS - 1) };
  }
});

async function withSnapshots(versions: readonly RowVersion[], events: number): Promise<MemoryRowStore> {
  const store = memoryRowStore();
  await store.append(versions);
  const writer = sumsWriter(store, GROUPS, 0);
  for (let end = WINDOW_POSITIONS - 1; end < events; end += WINDOW_POSITIONS) {
    writer.add(versions.filter(({ position }) => windowEnd(position) === end));
    await store.append(await writer.snapshot(end));
  }
  return store;
}
