// Sums are exact at every position: the newest snapshot and the deltas after it give what plain counting gives.
import { describe, expect, test } from 'vitest';
import { history } from '../../../bench/history/generate.ts';
import { ACTOR_COUNTS } from '../../../domain/projections/actors.ts';
import { metBy } from '../../../domain/projections/network.ts';
import type { RowStore } from '../../../domain/projections/row-store.ts';
import { keyText } from '../../../domain/projections/row.ts';
import {
  deltaRows,
  snapshot,
  sumsAt,
  sumsOf,
  WINDOW,
  windowEnd,
  type Sums,
} from '../../../domain/projections/sums.ts';
import { TOPIC_COUNTS } from '../../../domain/projections/topics.ts';
import { versionsOf } from '../../support/both-engines.ts';
import { applyVersions } from '../../support/facts-of-rows.ts';
import { nonZero, OTHER_SIDE, type Facts } from '../../support/compared-facts.ts';
import { memoryRowStore } from '../../support/memory-row-store.ts';
import { seeded } from '../../support/seeded.ts';

const adds = (sort: string, name = 'statements') => ({ partition: 'counts/actors', sort, adds: name });

describe('an event writes one delta row for each partition of sums', () => {
  test('with what it adds and takes away, and nothing that it leaves as it was', () => {
    expect(deltaRows([adds('a'), adds('b')], [adds('b'), adds('c')], 7)).toEqual([
      {
        partition: 'deltas/counts/actors',
        sort: '000000000007',
        position: 7,
        body: [
          ['c', 'statements', 1],
          ['a', 'statements', -1],
        ],
      },
    ]);
  });

  test('or none, if no sum changes', () => {
    expect(deltaRows([adds('a')], [adds('a')], 7)).toEqual([]);
  });
});

describe('a window', () => {
  test.each([
    [0, WINDOW - 1],
    [WINDOW - 1, WINDOW - 1],
    [WINDOW, 2 * WINDOW - 1],
  ])('that contains position %i ends at %i', (position, end) => {
    expect(windowEnd(position)).toBe(end);
  });

  test('has a snapshot of the sums that changed within it, computed from the snapshot before', () => {
    const end = WINDOW - 1;
    const versions = [
      { partition: 'all', sort: 'x', position: 3, body: {} },
      ...deltaRows([], [adds('a'), adds('a', 'meetings')], 3),
      ...deltaRows([adds('b')], [adds('a')], 4),
    ];
    const before = new Map([['b', { statements: 1 }]]);
    expect(snapshot(end, versions, ({ sort }) => before.get(sort))).toEqual([
      { partition: 'counts/actors', sort: 'a', position: end, body: { statements: 2, meetings: 1 } },
      { partition: 'counts/actors', sort: 'b', position: end, body: { statements: 0 } },
    ]);
  });
});

describe('sums of the history of a desk of editors', () => {
  const EVENTS = 2 * WINDOW + 500;

  test('are those of plain counting, at every kind of position', async () => {
    const events = [...history(5, EVENTS)].map((each) => each.event);
    const versions = await versionsOf(events, 700);
    const store = memoryRowStore();
    await store.append(versions);
    const snapshots = new Map<string, Sums>();
    for (let end = WINDOW - 1; end < EVENTS; end += WINDOW) {
      const window = versions.filter(({ position }) => windowEnd(position) === end);
      const rows = snapshot(end, window, (key) => snapshots.get(keyText(key)));
      for (const { body, ...key } of rows) snapshots.set(keyText(key), body as Sums);
      await store.append(rows);
    }
    const byPosition = Map.groupBy(versions, ({ position }) => position);
    const random = seeded(5);
    const checked = new Set([0, ...Array.from({ length: 20 }, () => random.below(EVENTS))]);
    for (const end of [WINDOW - 1, 2 * WINDOW - 1]) for (const near of [-1, 0, 1]) checked.add(end + near);
    const facts: Facts = new Map();
    const found: [read: unknown, stated: unknown][] = [];
    for (let at = 0; at < EVENTS; at++) {
      applyVersions(facts, byPosition.get(at) ?? []);
      if (checked.has(at)) found.push([await readSums(store, facts, at), statedSums(facts)]);
    }
    expect(found.map(([read]) => read)).toEqual(found.map(([, stated]) => stated));
    expect(found.length).toBe(checked.size);
  });
});

/** Sums by the facts that state them, as they were counted plainly. */
const statedSums = (facts: Facts): Record<string, unknown> =>
  Object.fromEntries(
    [...facts]
      .filter(([name, sums]) => /^(?:counts|meetings) /.test(name) && !name.endsWith(OTHER_SIDE) && sums)
      .toSorted(),
  );

/** The same sums, read from a store. */
async function readSums(store: RowStore, facts: Facts, at: number): Promise<Record<string, unknown>> {
  const sums: [string, unknown][] = [];
  const actors = [...facts.keys()].flatMap((name) => /^counts actor (.*)$/.exec(name)?.[1] ?? []);
  for (const [id, counts] of await sumsOf(store, ACTOR_COUNTS, at, actors))
    sums.push([`counts actor ${id}`, nonZero(counts)]);
  for (const [id, counts] of await sumsAt(store, TOPIC_COUNTS, at))
    sums.push([`counts topic ${id}`, nonZero(counts)]);
  const met = [...facts.keys()].filter((name) => name.startsWith('knows ')).map((name) => name.split(' ')[1]);
  for (const actor of new Set(met))
    for (const [other, { meetings }] of await sumsAt(store, metBy(actor ?? ''), at))
      sums.push([`meetings ${[actor, other].toSorted().join('~')}`, meetings]);
  return Object.fromEntries(sums.filter(([, value]) => value).toSorted());
}
