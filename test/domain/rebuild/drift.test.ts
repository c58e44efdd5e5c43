// The drift report: whatever is done to a row of either side is found, nothing is found where nothing was done, in parts
// of any length, and while both sides are folded on.
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { keyOf, shardPartitions } from '../../../domain/generation.ts';
import type { Item } from '../../../domain/ports.ts';
import { startFolding } from '../../../domain/project.ts';
import { readProjection } from '../../../domain/projections.ts';
import {
  compareMore,
  isCompared,
  isEmpty,
  nothingCompared,
  type Drift,
} from '../../../domain/rebuild/drift.ts';
import { firstDifference } from '../../../domain/projections/rebuild/difference.ts';
import { startRebuild } from '../../../domain/rebuild/requests.ts';
import { meeting } from '../../../domain/views/meeting.ts';
import { timeline } from '../../../domain/views/timeline.ts';
import type { View } from '../../../domain/views/view.ts';
import type { MemoryTable } from '../../support/memory-table.ts';
import { apart, projected, publishAtOnce, published } from '../../support/projected.ts';
import { randomHistory } from '../../support/random-history.ts';
import { asked, rebuildable } from '../../support/rebuilding.ts';
import { seeded } from '../../support/seeded.ts';
import { tiny } from '../../support/tiny-view.ts';

vi.setConfig({ testTimeout: 300_000 });

const pairOf = ({ name }: View) => ({ live: { view: name, number: 1 }, built: { view: name, number: 2 } });

/** Compares in parts of these lengths, the last one again and again. */
async function compared(
  views: MemoryTable,
  view: View,
  position: number,
  parts: readonly number[] = [1_000_000],
  between: () => Promise<unknown> = async () => undefined,
): Promise<Drift> {
  let report = nothingCompared(position);
  for (let part = 0; !isCompared(report); part++) {
    report = await compareMore(views, pairOf(view), report, parts[Math.min(part, parts.length - 1)] ?? 1);
    // What is noted between two parts is JSON.
    report = JSON.parse(JSON.stringify(report));
    await between();
  }
  return report.drift;
}

const LENGTH = 300;

/** Two generations of the view, both folded to the end; each closed row lies in an item of its own. */
async function twice(view: View, seed = 1) {
  const of = rebuildable();
  await publishAtOnce(of, randomHistory(seed, LENGTH));
  await startRebuild(of, view, asked);
  for (const number of [1, 2]) {
    const folding = startFolding(of, view, number);
    while (await folding.step(1)) {}
  }
  const several = severalIn(of.views);
  await of.views.removeAll(several);
  await of.views.putAll(apart(several));
  return of;
}

/** Items that hold more than one closed row. */
const severalIn = (views: MemoryTable): Item[] => views.items().filter((item) => apart([item]).length > 1);

const made = new Map<string, Promise<MemoryTable>>();
/** A copy of what `twice` makes, which is made once. */
async function copyOfTwo(view: View): Promise<MemoryTable> {
  const known = made.get(view.name) ?? twice(view).then(({ views }) => views);
  made.set(view.name, known);
  return (await known).copy();
}

const partitionsOf = (view: View, number: number, part: 'live' | 'past') =>
  shardPartitions({ view: view.name, number }, part);

const rowsIn = (views: MemoryTable, view: View, number: number, part: 'live' | 'past'): Item[] => {
  const partitions = new Set(partitionsOf(view, number, part));
  return views.items().filter(({ partition }) => partitions.has(partition));
};

const sides = [
  ['what is read', 1, 'missing', 'extra'],
  ['what was built', 2, 'extra', 'missing'],
] as const;

describe.each(sides)('in %s', (_, number, more, less) => {
  test.each(['live', 'past'] as const)('a row that was removed is found: %s', async (part) => {
    const views = await copyOfTwo(tiny);
    const gone = rowsIn(views, tiny, number, part)[3];
    if (!gone) throw new Error('there is no row to remove');
    await views.removeAll([gone]);
    const drift = await compared(views, tiny, LENGTH - 1);
    expect(drift).toMatchObject({ missing: 0, extra: 0, different: 0, [less]: 1 });
    expect(drift.examples).toEqual([
      expect.objectContaining({ kind: less, partition: keyOf(gone.sort).partition, from: gone.from }),
    ]);
  });

  test('a row that was added is found', async () => {
    const views = await copyOfTwo(tiny);
    const [like] = rowsIn(views, tiny, number, 'live');
    if (!like) throw new Error('there is no row to copy');
    await views.putAll([{ ...like, sort: `${like.sort}~odd` }]);
    const drift = await compared(views, tiny, LENGTH - 1);
    expect(drift).toMatchObject({ missing: 0, extra: 0, different: 0, [more]: 1 });
    expect(drift.examples[0]?.sort).toMatch(/~odd$/);
  });

  test('a body that was changed is found, with where it differs', async () => {
    const views = await copyOfTwo(tiny);
    const row = rowsIn(views, tiny, number, 'live').find(({ sort }) => sort.startsWith('counts'));
    if (!row) throw new Error('there is no count');
    const { count } = row.body as { count: number };
    await views.putAll([{ ...row, body: { count: count + 1 } }]);
    const drift = await compared(views, tiny, LENGTH - 1);
    expect(drift).toMatchObject({ missing: 0, extra: 0, different: 1 });
    const [live, built] = number === 1 ? [count + 1, count] : [count, count + 1];
    expect(drift.examples).toEqual([
      {
        kind: 'different',
        ...keyOf(row.sort),
        from: row.from,
        pointer: '/body/count',
        live: String(live),
        built: String(built),
      },
    ]);
  });

  test.each([
    ['from', 'live', { missing: 1, extra: 1, different: 0 }],
    ['from', 'past', { missing: 1, extra: 1, different: 0 }],
    ['to', 'past', { missing: 0, extra: 0, different: 1 }],
    ['to', 'live', { missing: 0, extra: 0, different: 1 }],
  ] as const)('%s of a row is found that was changed: %s', async (member, part, expected) => {
    const views = await copyOfTwo(tiny);
    const row = rowsIn(views, tiny, number, part).at(-1);
    if (!row) throw new Error('there is no row to change');
    await views.putAll([{ ...row, [member]: (row[member] ?? LENGTH) - 1 }]);
    expect(await compared(views, tiny, LENGTH - 1)).toMatchObject(expected);
  });

  test('a row that stands though it was closed is found, whenever it is said to be closed', async () => {
    const views = await copyOfTwo(tiny);
    const [row] = rowsIn(views, tiny, number, 'live');
    if (!row) throw new Error('there is no row to change');
    await views.putAll([{ ...row, to: LENGTH + 5 }]);
    expect(await compared(views, tiny, LENGTH - 1)).toMatchObject({ different: 1 });
  });
});

test.each([tiny, timeline, meeting])(
  'nothing is found where nothing was done, nor in parts: $name',
  async (view) => {
    const views = await copyOfTwo(view);
    const whole = await compared(views, view, LENGTH - 1);
    expect(whole).toMatchObject({ missing: 0, extra: 0, different: 0, examples: [] });
    expect(whole.rows).toBe(rowsIn(views, view, 1, 'live').length + rowsIn(views, view, 1, 'past').length);
    for (const parts of [[1], [7], [1, 100, 3]])
      expect(await compared(views, view, LENGTH - 1, parts)).toEqual(whole);
  },
);

test('each kind of harm to any row is found, in parts of any length', async () => {
  const harm = fc.constantFrom('remove', 'add', 'body', 'from', 'to');
  const part = fc.constantFrom('live', 'past');
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        harm,
        part,
        view: fc.constantFrom(tiny, timeline),
        number: fc.constantFrom(1, 2),
        at: fc.nat(),
      }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      async ({ harm: how, part: where, view, number, at }, parts) => {
        const views = await copyOfTwo(view);
        const rows = rowsIn(views, view, number, where);
        const row = rows[at % rows.length];
        if (!row) throw new Error('there are no rows');
        const { from = 0, to = LENGTH } = row;
        if (how === 'remove') await views.removeAll([row]);
        else if (how === 'add') await views.putAll([{ ...row, sort: row.sort.replace('\u0001', '\u0001+') }]);
        else if (how === 'body')
          await views.putAll([{ ...row, body: { ...(row.body as object), odd: null } }]);
        else if (how === 'from') await views.putAll([{ ...row, from: from === 0 ? 1 : from - 1 }]);
        else await views.putAll([{ ...row, to: to - 1 }]);
        expect(isEmpty(await compared(views, view, LENGTH - 1, parts))).toBe(false);
      },
    ),
    { numRuns: 150 },
  );
});

test('what is folded meanwhile on either side is no drift, and hides none', async () => {
  const entries = randomHistory(4, LENGTH);
  const { upTo } = await published(entries);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 20, max: 120 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.boolean(),
      async (begin, seed, harmed) => {
        const random = seeded(seed);
        const of = { ...rebuildable(), ...upTo(begin) };
        await startRebuild(of, tiny, asked);
        for (const number of [1, 2]) await startFolding(of, tiny, number).step(9);
        if (harmed) {
          const [row] = rowsIn(of.views, tiny, 2, 'live');
          if (!row) throw new Error('there is no row to harm');
          await of.views.putAll([{ ...row, body: { odd: true } }]);
        }
        let size = begin;
        const drift = await compared(of.views, tiny, begin - 1, [random.below(20) + 1], async () => {
          size = Math.min(LENGTH, size + 1 + random.below(9));
          await startFolding({ ...of, ...upTo(size) }, tiny, random.pick([1, 2])).step(9);
        });
        expect(isEmpty(drift)).toBe(!harmed);
        const { generations } = await readProjection(of.views, tiny);
        expect(Math.max(...Object.values(generations).map(({ next }) => next))).toBeGreaterThan(begin);
      },
    ),
    { numRuns: 60 },
  );
});

test('of an empty archive there is nothing to compare', async () => {
  expect(await compared(projected().views, tiny, -1)).toMatchObject({ position: -1, rows: 0 });
});

type Packed = [[from: number, to: number, body: object], ...unknown[]];

test('a row is found that is harmed among others in one item', async () => {
  for (const harm of [
    (rows: unknown[]) => rows.slice(1),
    (rows: unknown[]) => rows.toSpliced(1, 1),
    (rows: unknown[]) => rows.slice(0, -1),
    ([first, second]: unknown[]) => [first, second, second],
    ([[from, to], ...others]: Packed) => [[from, to, { odd: true }], ...others],
    ([[from, to, body], ...others]: Packed) => [[from, to - 1, body], ...others],
  ]) {
    const of = rebuildable();
    await publishAtOnce(of, randomHistory(1, LENGTH));
    await startRebuild(of, tiny, asked);
    for (const number of [1, 2]) await startFolding(of, tiny, number).step(9);
    expect(isEmpty(await compared(of.views, tiny, LENGTH - 1, [7]))).toBe(true);
    const item = severalIn(of.views).find(({ partition }) => partition.startsWith('tiny~2'));
    if (!item) throw new Error('no item has several rows');
    const rows = harm(item.body as never);
    await of.views.putAll([{ ...item, body: rows }]);
    expect(isEmpty(await compared(of.views, tiny, LENGTH - 1, [7])), JSON.stringify(rows)).toBe(false);
  }
});

test('examples are a few of each kind, and counts are all', async () => {
  const views = await copyOfTwo(tiny);
  await views.removeAll(rowsIn(views, tiny, 2, 'past').slice(0, 20));
  await views.putAll(
    rowsIn(views, tiny, 2, 'past')
      .slice(0, 30)
      .map((row) => ({ ...row, body: {} })),
  );
  const drift = await compared(views, tiny, LENGTH - 1, [3]);
  expect(drift).toMatchObject({ missing: 20, extra: 0, different: 30 });
  expect(drift.examples.map(({ kind }) => kind).toSorted()).toEqual([
    ...Array<string>(5).fill('different'),
    ...Array<string>(5).fill('missing'),
  ]);
});

describe('where two rows part', () => {
  test.each([
    [
      { a: 1, b: { c: [1, 2] } },
      { b: { c: [1, 3] }, a: 1 },
      { pointer: '/b/c/1', live: '2', built: '3' },
    ],
    [{ a: 1 }, { a: 1, 'b/~': null }, { pointer: '/b~1~0', built: 'null' }],
    [{ a: [] }, { a: {} }, { pointer: '/a', live: '[]', built: '{}' }],
    [{ a: 1 }, undefined, { pointer: '', live: '{"a":1}' }],
  ])('%j and %j', (live, built, expected) => {
    expect(firstDifference(live, built)).toEqual(expected);
  });
  test('long values are cut, and not within a character', () => {
    const { live = '' } = firstDifference({ a: '🕊'.repeat(500) }, { a: 1 });
    expect(live.length).toBeLessThanOrEqual(200);
    expect(live.isWellFormed()).toBe(true);
  });
});
