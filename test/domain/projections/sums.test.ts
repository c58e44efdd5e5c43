// Sums are exact at every position: the newest snapshot and the deltas after it give what plain counting gives.
import { describe, expect, test } from 'vitest';
import { history } from '../../../bench/history/generate.ts';
import { ACTOR_COUNTS } from '../../../domain/projections/actors.ts';
import { metBy } from '../../../domain/projections/network.ts';
import { keyText } from '../../../domain/projections/row.ts';
import {
  deltaRows,
  snapshot,
  sumsAt,
  WINDOW,
  windowEnd,
  type Sums,
} from '../../../domain/projections/sums.ts';
import { TOPIC_COUNTS } from '../../../domain/projections/topics.ts';
import { versionsOf } from '../../support/both-engines.ts';
import { applyVersions } from '../../support/facts-of-rows.ts';
import { nonZero, type Facts } from '../../support/compared-facts.ts';
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
    for (let at = 0; at < EVENTS; at++) {
      applyVersions(facts, byPosition.get(at) ?? []);
      if (checked.has(at)) await expectSums(store, facts, at);
    }
  });
});

async function expectSums(store: ReturnType<typeof memoryRowStore>, facts: Facts, at: number): Promise<void> {
  const stated = (prefix: string, value: (fact: unknown) => unknown) =>
    new Map(
      [...facts]
        .filter(([name, fact]) => name.startsWith(prefix) && value(fact) !== undefined)
        .map(([name, fact]): [string, unknown] => [name.slice(prefix.length), value(fact)]),
    );
  const read = async (partition: string) =>
    new Map(
      [...(await sumsAt(store, partition, at))].flatMap(([sort, sums]): [string, unknown][] => {
        const left = nonZero(sums);
        return left === undefined ? [] : [[sort, left]];
      }),
    );
  expect(await read(ACTOR_COUNTS)).toEqual(stated('counts actor ', (fact) => fact));
  expect(await read(TOPIC_COUNTS)).toEqual(stated('counts topic ', (fact) => fact));
  const pairs = [...stated('meetings ', (fact) => fact || undefined)].filter(([pair]) => !pair.includes(' '));
  for (const [pair, meetings] of pairs) {
    const [first = '', second = ''] = pair.split('~');
    expect((await read(metBy(first))).get(second)).toEqual({ meetings });
    expect((await read(metBy(second))).get(first)).toEqual({ meetings });
  }
}
