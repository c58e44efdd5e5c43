// The contract of every table: one successful write per item version, order by UTF-8 bytes, complete ranges. Each test uses
// new partitions, so a suite may run against a table that has other items.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Item, Range, StoredItem, Table } from '../../domain/ports.ts';

export interface OpenTable {
  readonly table: Table;
  close(): Promise<void>;
}

export function tableContract(name: string, open: () => Promise<OpenTable>): void {
  describe(`${name} keeps the contract of a table`, () => {
    let opened: OpenTable;
    let table: Table;
    beforeAll(async () => {
      opened = await open();
      ({ table } = opened);
    });
    afterAll(() => opened.close());

    const range = async (partition: string, limits?: Range): Promise<StoredItem[]> =>
      Array.fromAsync(table.range(partition, limits));
    const sorts = async (partition: string, limits?: Range): Promise<string[]> =>
      (await range(partition, limits)).map(({ sort }) => sort);

    test('get returns undefined for a key without an item', async () => {
      expect(await table.get(freshPartition(), 'a')).toBeUndefined();
    });

    test('a write with version 0 succeeds only if the key has no item', async () => {
      const item = { partition: freshPartition(), sort: 'head', body: { size: 0 } };
      expect(await table.compareAndPut(item, 0)).toBe(true);
      expect(await table.compareAndPut({ ...item, body: { size: 9 } }, 0)).toBe(false);
      expect(await table.get(item.partition, 'head')).toEqual({ ...item, version: 1 });
    });

    test('a write succeeds only with the version of the stored item', async () => {
      const item = { partition: freshPartition(), sort: 'head', body: 'none' };
      expect(await table.compareAndPut(item, 1)).toBe(false);
      for (const version of [0, 1, 2])
        expect(await table.compareAndPut({ ...item, body: version }, version)).toBe(true);
      for (const version of [0, 1, 2, 4]) expect(await table.compareAndPut(item, version)).toBe(false);
      expect(await table.get(item.partition, 'head')).toEqual({ ...item, body: 2, version: 3 });
    });

    test.each([0, 1])('one of sixteen concurrent writes with version %i succeeds', async (version) => {
      const item = { partition: freshPartition(), sort: 'head', body: null };
      if (version === 1) await table.compareAndPut(item, 0);
      const rivals = Array.from({ length: 16 }, (_, rival) =>
        table.compareAndPut({ ...item, body: { rival } }, version),
      );
      const won = await Promise.all(rivals);
      expect(won.filter(Boolean)).toHaveLength(1);
      const stored = await table.get(item.partition, 'head');
      expect(stored).toEqual({ ...item, body: { rival: won.indexOf(true) }, version: version + 1 });
    });

    test('a deleted item can be written again with version 0', async () => {
      const item = { partition: freshPartition(), sort: 'a', body: 1 };
      await table.compareAndPut(item, 0);
      await table.batchDelete([item]);
      expect(await table.compareAndPut(item, 1)).toBe(false);
      expect(await table.compareAndPut(item, 0)).toBe(true);
    });

    test('get returns the JSON value that was written', async () => {
      const partition = freshPartition();
      const bodies = [
        null,
        false,
        0,
        -1.5e-7,
        9_007_199_254_740_991,
        '',
        'Ünï, 北京, 😀, \u0000\n',
        [],
        {},
        [[null, { '': ['a'] }]],
        { empty: '', nested: { list: [], object: {} }, 'key with ünï': [1, 'two', null] },
      ];
      await table.batchPut(bodies.map((body, index) => ({ partition, sort: `a${index}`, body })));
      for (const [index, body] of bodies.entries()) {
        expect((await table.get(partition, `a${index}`))?.body).toEqual(body);
        expect(await table.compareAndPut({ partition, sort: `b${index}`, body }, 0)).toBe(true);
        expect((await table.get(partition, `b${index}`))?.body).toEqual(body);
      }
    });

    test('a batch of 1,000 items replaces existing ones, and can be repeated', async () => {
      const partition = freshPartition();
      const write = (body: string) => numbered(partition, 1_000).map((item) => ({ ...item, body }));
      await table.batchPut(write('old').slice(400, 600));
      for (const body of ['new', 'newer', 'newer']) await table.batchPut(write(body));
      expect((await range(partition)).map(bare)).toEqual(write('newer'));
    });

    test('the last of several items with one key in a batch is stored', async () => {
      const partition = freshPartition();
      await table.batchPut([1, 2, 3].map((body) => ({ partition, sort: 'a', body })));
      expect((await table.get(partition, 'a'))?.body).toBe(3);
    });

    test('empty batches are allowed', async () => {
      await table.batchPut([]);
      await table.batchDelete([]);
      expect(await sorts(freshPartition())).toEqual([]);
    });

    test('a batch deletes many items, and ignores keys without an item', async () => {
      const partition = freshPartition();
      const items = numbered(partition, 300);
      await table.batchPut(items);
      await table.batchDelete([...items.slice(10, 290), { partition, sort: 'absent' }]);
      const left = [...items.slice(0, 10), ...items.slice(290)].map(({ sort }) => sort);
      expect(await sorts(partition)).toEqual(left);
    });

    test('a range orders sort keys by their UTF-8 bytes', async () => {
      const partition = freshPartition();
      // U+1F600 is after U+FF5E in UTF-8 and before it in UTF-16.
      const ordered = [
        '!',
        'A',
        'Z',
        'a',
        'a!',
        'aa',
        'z',
        'é',
        'ж',
        '京',
        '\uff5e',
        '\uff5ea',
        '\u{1f600}',
        '\u{1f600}b',
      ];
      await table.batchPut(ordered.toReversed().map((sort) => ({ partition, sort, body: sort })));
      expect(await sorts(partition)).toEqual(ordered);
      expect(await sorts(partition, { descending: true })).toEqual(ordered.toReversed());
      expect(await sorts(partition, { from: '\uff5e' })).toEqual(ordered.slice(10));
      expect(await sorts(partition, { below: '\u{1f600}' })).toEqual(ordered.slice(0, 12));
      expect(await sorts(partition, { from: 'é', below: '\uff5ea', descending: true })).toEqual(
        ordered.slice(7, 11).toReversed(),
      );
    });

    test('a range includes its lower limit and excludes its upper one', async () => {
      const partition = freshPartition();
      await table.batchPut(['a', 'b', 'c', 'd'].map((sort) => ({ partition, sort, body: 0 })));
      expect(await sorts(partition, { from: 'b' })).toEqual(['b', 'c', 'd']);
      expect(await sorts(partition, { below: 'c' })).toEqual(['a', 'b']);
      expect(await sorts(partition, { from: 'b', below: 'd' })).toEqual(['b', 'c']);
      expect(await sorts(partition, { from: 'b', below: 'd', descending: true })).toEqual(['c', 'b']);
      expect(await sorts(partition, { from: 'aa', below: 'cc' })).toEqual(['b', 'c']);
      expect(await sorts(partition, { from: 'c', below: 'c' })).toEqual([]);
      expect(await sorts(partition, { from: 'd', below: 'a' })).toEqual([]);
      expect(await sorts(partition, { from: 'e' })).toEqual([]);
    });

    test('a range returns a partition of 1,200 items completely, in both directions', async () => {
      const partition = freshPartition();
      const items = numbered(partition, 1_200);
      await table.batchPut(items);
      const all = items.map(({ sort }) => sort);
      expect(await sorts(partition)).toEqual(all);
      expect(await sorts(partition, { descending: true })).toEqual(all.toReversed());
      expect(await sorts(partition, { from: '0100', below: '1100' })).toEqual(all.slice(100, 1_100));
    });

    test('a range returns a partition of 3 MB completely, in both directions', async () => {
      const partition = freshPartition();
      const items = numbered(partition, 60).map((item) => ({ ...item, body: `${item.sort}é`.repeat(8_500) }));
      await table.batchPut(items);
      expect((await range(partition)).map(bare)).toEqual(items);
      expect((await range(partition, { descending: true })).map(bare)).toEqual(items.toReversed());
    });

    test('an item may have 340 KB', async () => {
      const item = { partition: freshPartition(), sort: 'a', body: 'x'.repeat(340 * 1024) };
      expect(await table.compareAndPut(item, 0)).toBe(true);
      expect((await table.get(item.partition, 'a'))?.body === item.body).toBe(true);
    });

    test('partitions are separate, even if the name of one is a prefix of the other', async () => {
      const partition = freshPartition();
      const names = [partition, `${partition}0`, partition.slice(0, -1), `${partition}/a`];
      for (const each of names) await table.batchPut([{ partition: each, sort: 'a', body: each }]);
      await table.batchDelete([{ partition: `${partition}0`, sort: 'a' }]);
      expect(await sorts(`${partition}0`)).toEqual([]);
      for (const each of names.filter((other) => other !== `${partition}0`)) {
        expect((await range(each)).map(bare)).toEqual([{ partition: each, sort: 'a', body: each }]);
      }
    });

    test.each([false, true])(
      'a range is ordered and complete despite concurrent writes (descending: %s)',
      async (descending) => {
        const partition = freshPartition();
        const items = numbered(partition, 300).map((item) => ({ ...item, body: 'x'.repeat(10_000) }));
        await table.batchPut(items);
        const returned: string[] = [];
        for await (const { sort } of table.range(partition, { descending })) {
          returned.push(sort);
          // Deletes this item and one on either side, and adds one on either side and one after this one.
          if (returned.length % 10 === 5) {
            const gone = [Number(sort), Number(sort) - 3, Number(sort) + 3].map(four);
            await table.batchDelete(gone.map((each) => ({ partition, sort: each })));
            await table.batchPut(
              ['0000-', `${sort}-`, '9999-'].map((each) => ({ partition, sort: each, body: 0 })),
            );
          }
        }
        const order = descending ? returned.toSorted().toReversed() : returned.toSorted();
        expect(returned).toEqual(order);
        expect(new Set(returned).size).toBe(returned.length);
        const left = (await sorts(partition)).filter((sort) => !sort.endsWith('-'));
        expect(left.filter((sort) => !returned.includes(sort))).toEqual([]);
      },
    );
  });
}

const freshPartition = (): string => `test/${randomUUID()}`;
const four = (n: number): string => String(n).padStart(4, '0');
const numbered = (partition: string, count: number): Item[] =>
  Array.from({ length: count }, (_, n) => ({ partition, sort: four(n), body: { n } }));

const bare = ({ partition, sort, body }: StoredItem): Item => ({ partition, sort, body });
