// Whoever reads while a view is folded on, by processes that fail and end anywhere, and while another generation takes
// over, gets the rows as of the position that the answer names: none is missing, none twice, and no answer is older
// than the one before. test/functions/api/as-of.test.ts has whole answers.
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { canonicalBytes } from '../../events/envelope.ts';
import { keyText } from '../../domain/generation.ts';
import { catchUp, startFolding } from '../../domain/project.ts';
import { changeProjection } from '../../domain/projections.ts';
import { openReading, readRows, readSources, type Reading } from '../../domain/queries/reading.ts';
import { rowsAt, writeRows } from '../../domain/rows.ts';
import { views } from '../../domain/views/all.ts';
import type { View } from '../../domain/views/view.ts';
import { fates, faultOf, faultyProcess, late, type Conditions } from '../support/faults.ts';
import { memoryTable, type MemoryTable } from '../support/memory-table.ts';
import { published, reachedBy, rowsOf, type PlacedRow, type Published } from '../support/projected.ts';
import { randomHistory } from '../support/random-history.ts';
import { seeded, type Seeded } from '../support/seeded.ts';

// Much is folded here, however fast the machine is.
vi.setConfig({ testTimeout: 300_000 });

const LENGTH = 120;

/** Keys of any characters that names may have, many of them the beginning of others. */
const KEYS = (() => {
  const random = seeded(1);
  const parts = [
    'a',
    'b',
    'A',
    ' ',
    '!',
    '~',
    '\t',
    '.',
    '1',
    'é',
    'ж',
    '京',
    '\uff5e',
    '\u{1f600}',
    '\u{10ffff}',
  ];
  const key = () => Array.from({ length: 1 + random.below(4) }, () => random.pick(parts)).join('');
  return [...new Set(Array.from({ length: 400 }, key))];
})();

/** Every event opens, changes and closes some of hundreds of rows. */
const crowded: View = {
  name: 'crowded',
  version: 1,
  fold: (_event, row, { position }) => {
    const random = seeded(position);
    const touched = new Set(Array.from({ length: 25 }, () => random.pick(KEYS)));
    return [...touched].map((sort) => {
      const known = row<{ times: number }>('all', sort);
      if (known && random.chance(0.3)) return { partition: 'all', sort };
      return { partition: 'all', sort, body: { times: (known?.times ?? 0) + 1 } };
    });
  },
};
const all = [...views, crowded];

/** The rows that ever stood, by view and partition. */
type Rows = ReadonlyMap<View, ReadonlyMap<string, readonly PlacedRow[]>>;

interface Expected extends Published {
  readonly rows: Rows;
}

const memoized = new Map<number, Promise<Expected>>();
function history(seed: number): Promise<Expected> {
  const made = memoized.get(seed) ?? make();
  memoized.set(seed, made);
  return made;

  async function make(): Promise<Expected> {
    const of = await published(randomHistory(seed, LENGTH));
    const table = memoryTable();
    for (const view of all) await catchUp({ ...of.upTo(LENGTH), views: table }, view);
    const rows = all.map((view) => {
      const sorted = rowsOf(table, view).toSorted((a, b) => byUtf8(a.sort, b.sort));
      return [view, Map.groupBy(sorted, ({ partition }) => partition)] as const;
    });
    return { ...of, rows: new Map(rows) };
  }
}

const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const stoodAt =
  (at: number) =>
  ({ from, to = Infinity }: PlacedRow) =>
    from <= at && at < to;
const lineOf = ({ sort, body }: { sort: string; body: object }): string =>
  `${sort} ${Buffer.from(canonicalBytes(body)).toString()}`;

/** Asks for a partition or a range of it, either way round; says what is wrong with the answer. */
async function askForRange(
  random: Seeded,
  reading: Reading,
  { rows }: Expected,
  view: View,
): Promise<string[]> {
  const [partition, own] = random.pick([...(rows.get(view) ?? [])]);
  const [from, below] = [random.pick(own).sort, random.pick(own).sort].toSorted(byUtf8);
  const range = random.chance(0.3) && from !== undefined && below !== undefined ? { from, below } : undefined;
  const within = ({ sort }: PlacedRow) =>
    range === undefined || (byUtf8(sort, range.from) >= 0 && byUtf8(sort, range.below) < 0);
  const descending = random.chance(0.5);
  const got = await Array.fromAsync(
    readSources<object>(reading, [{ view, partition, ...range }], descending),
  );
  const wanted = own.filter(stoodAt(reading.at)).filter(within).map(lineOf);
  const lines = descending ? wanted.toReversed() : wanted;
  return got.map(lineOf).join('\n') === lines.join('\n') ? [] : [`${partition} as of ${reading.at}`];
}

async function askForRows(
  random: Seeded,
  reading: Reading,
  { rows }: Expected,
  view: View,
): Promise<string[]> {
  const ever = [...(rows.get(view)?.values() ?? [])];
  const wanted = Array.from({ length: 20 }, () => random.pick(random.pick(ever)));
  const got = await readRows<object>(reading, view, wanted);
  return wanted.flatMap(({ partition, sort }, index) => {
    const own = rows.get(view)?.get(partition) ?? [];
    const stood = own.find((row) => row.sort === sort && stoodAt(reading.at)(row));
    const [is, should] = [got[index], stood?.body].map((body) => body && lineOf({ sort, body }));
    return is === should ? [] : [`${partition} ${sort} as of ${reading.at}`];
  });
}

const ask = async (...asked: Parameters<typeof askForRange>): Promise<string[]> => [
  ...(await askForRange(...asked)),
  ...(await askForRows(...asked)),
];

/** Folds on, process after process, until all is folded; sometimes another generation is built and takes over. */
async function write(random: Seeded, { upTo }: Expected, table: MemoryTable, view: View): Promise<void> {
  const under = late();
  const turns = () => random.below(25);
  const fate: Conditions['fate'] = ({ kind }) => (random.chance(0.05) ? random.pick(fates[kind]) : 'pass');
  for (let [size, generation] = [random.below(30), 2]; ; size = Math.min(LENGTH, size + random.below(20))) {
    const process = faultyProcess({ fate, turns, part: (of) => random.below(of) }, under);
    await faultOf(catchUp(reachedBy(process, upTo(size), table), view));
    if (size === LENGTH) break;
    if (random.chance(0.3)) await takeOver({ ...upTo(size), views: table }, view, generation++);
  }
  await under.land();
  await catchUp({ ...upTo(LENGTH), views: table }, view);
}

async function takeOver(of: Parameters<typeof startFolding>[0], view: View, number: number): Promise<void> {
  await changeProjection(of.views, view, (projection) => ({
    ...projection,
    generations: { ...projection.generations, [number]: { version: view.version, next: 0 } },
  }));
  const folding = startFolding(of, view, number);
  while (await folding.step(1)) {}
  await changeProjection(of.views, view, (projection) => {
    const [old, fresh] = [projection.generations[projection.live], projection.generations[number]];
    return (fresh?.next ?? 0) >= (old?.next ?? 0) ? { ...projection, live: number } : undefined;
  });
}

async function read(
  random: Seeded,
  expected: Expected,
  table: MemoryTable,
  view: View,
  done: AbortSignal,
): Promise<{ complaints: string[]; positions: number[] }> {
  const process = faultyProcess({ fate: () => 'pass', turns: () => random.below(25) });
  const complaints: string[] = [];
  const positions: number[] = [];
  do {
    const reading = await openReading(process.table(table), [view]);
    if (reading.at < (positions.at(-1) ?? -1)) complaints.push(`${reading.at} after ${positions.at(-1)}`);
    positions.push(reading.at);
    complaints.push(...(await ask(random, reading, expected, view)));
    if (reading.at > 0 && random.chance(0.3)) {
      const before = await openReading(process.table(table), [view], random.below(reading.at));
      complaints.push(...(await ask(random, before, expected, view)));
    }
  } while (!done.aborted);
  return { complaints, positions };
}

describe('readers', () => {
  test('see each row as of the position that their answer names, whatever is written meanwhile', async () => {
    const cases = fc.record({
      seed: fc.integer({ min: 1, max: 4 }),
      number: fc.integer({ min: 0, max: 2 * views.length - 1 }),
      run: fc.integer({ min: 0, max: 1_000_000 }),
    });
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, number, run }) => {
        const view = views[number] ?? crowded;
        const expected = await history(seed);
        const table = memoryTable();
        const done = new AbortController();
        const reading = [1, 2, 3].map((reader) =>
          read(seeded(run + reader), expected, table, view, done.signal),
        );
        await write(seeded(run), expected, table, view);
        done.abort();
        for (const { complaints, positions } of await Promise.all(reading)) {
          expect(complaints).toEqual([]);
          seen += new Set(positions).size;
        }
      }),
      { numRuns: 24 },
    );
    expect(seen).toBeGreaterThan(200);
  });

  test('get a row once that is closed between two reads, wherever it stands', async () => {
    const generation = { view: 'v', number: 1 };
    const keys = Array.from({ length: 130 }, (_, n) => ({
      partition: 'p',
      sort: String(n).padStart(3, '0'),
    }));
    for (const descending of [false, true]) {
      for (const closing of [0, 1, 62, 63, 64, 65, 127, 128, 129]) {
        const table = memoryTable();
        const row = { from: 0, body: {} };
        const live = new Map(keys.map((key) => [keyText(key), row]));
        await writeRows(table, generation, { closed: [], live });
        const got: string[] = [];
        for await (const { sort } of rowsAt(table, generation, 'p', { at: 0, descending })) {
          got.push(sort);
          if (got.length !== closing + 1) continue;
          const gone = keyText({ partition: 'p', sort });
          const closed = [{ text: gone, row: { ...row, to: 1 } }];
          const none = new Map([[gone, undefined]]);
          await writeRows(table, generation, { closed, live: none });
        }
        const sorts = keys.map(({ sort }) => sort);
        expect(got, `${closing} ${descending}`).toEqual(descending ? sorts.toReversed() : sorts);
      }
    }
  });

  test('of several views see them all as of one position, the last that all have folded', async () => {
    const { upTo } = await history(1);
    const table = memoryTable();
    const [first, second, third] = views as [View, View, View];
    await catchUp({ ...upTo(50), views: table }, first);
    await catchUp({ ...upTo(30), views: table }, second);
    expect((await openReading(table, [first])).at).toBe(49);
    expect((await openReading(table, [first, second])).at).toBe(29);
    expect((await openReading(table, [first, second, third])).at).toBe(-1);
    await expect(openReading(table, [first, second], 30)).rejects.toMatchObject({
      code: 'behind',
      details: { position: 29 },
    });
  });
});
