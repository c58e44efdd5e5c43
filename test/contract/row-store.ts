// The contract of every row store: versions are appended and never change, and a range is exact as of any position. Each
// test uses new partitions, so a suite may run against a store that has other rows.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CurrentRow, RowRange, RowStore } from '../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { seeded } from '../support/seeded.ts';

export interface OpenRowStore {
  readonly rows: RowStore;
  close(): Promise<void>;
}

export function rowStoreContract(name: string, open: () => Promise<OpenRowStore>): void {
  describe(`${name} keeps the contract of a row store`, () => {
    let opened: OpenRowStore;
    let rows: RowStore;
    beforeAll(async () => {
      opened = await open();
      ({ rows } = opened);
    });
    afterAll(() => opened.close());

    const read = (partition: string, range: RowRange): Promise<CurrentRow[]> =>
      Array.fromAsync(rows.range(partition, range));
    const sorts = async (partition: string, range: RowRange): Promise<string[]> =>
      (await read(partition, range)).map(({ sort }) => sort);

    test('a partition without versions has no rows', async () => {
      expect(await read(freshPartition(), { at: 9 })).toEqual([]);
    });

    test('a range returns the newest version at or before the position, with its position', async () => {
      const partition = freshPartition();
      await rows.append(
        [3, 5, 12].map((position) => ({ partition, sort: 'a', position, body: { of: position } })),
      );
      const versionAt = async (at: number) => (await read(partition, { at }))[0]?.position;
      expect(await versionAt(2)).toBeUndefined();
      expect(await versionAt(3)).toBe(3);
      expect(await versionAt(4)).toBe(3);
      expect(await versionAt(11)).toBe(5);
      expect(await read(partition, { at: 100 })).toEqual([{ sort: 'a', position: 12, body: { of: 12 } }]);
    });

    test('a key is left out from its tombstone on, until a later version has a body', async () => {
      const partition = freshPartition();
      await rows.append([
        { partition, sort: 'a', position: 1, body: {} },
        { partition, sort: 'a', position: 4 },
        { partition, sort: 'a', position: 6, body: {} },
      ]);
      const keys = await Promise.all([0, 1, 3, 4, 5, 6].map((at) => sorts(partition, { at })));
      expect(keys.map(({ length }) => length)).toEqual([0, 1, 1, 0, 0, 1]);
    });

    test('a range of one key returns its newest version, and nothing at or after its tombstone', async () => {
      const partition = freshPartition();
      await rows.append([
        { partition, sort: 'a', position: 2, body: { of: 2 } },
        { partition, sort: 'a', position: 5, body: { of: 5 } },
        { partition, sort: 'a', position: 8 },
        { partition, sort: 'ab', position: 0, body: {} },
      ]);
      const key = { from: 'a', below: 'a\0' };
      expect(await read(partition, { ...key, at: 1 })).toEqual([]);
      expect(await read(partition, { ...key, at: 4 })).toEqual([{ sort: 'a', position: 2, body: { of: 2 } }]);
      expect(await read(partition, { ...key, at: 7 })).toEqual([{ sort: 'a', position: 5, body: { of: 5 } }]);
      expect(await read(partition, { ...key, at: 8 })).toEqual([]);
      expect(await read(partition, { from: 'b', below: 'b\0', at: 8 })).toEqual([]);
      expect(await read(partition, { from: 'ab', below: 'ab\0', at: -1 })).toEqual([]);
    });

    test('a version that is appended late is read as if it had been appended in order', async () => {
      const partition = freshPartition();
      await rows.append([{ partition, sort: 'a', position: 8, body: { late: false } }]);
      await rows.append([{ partition, sort: 'a', position: 2, body: { late: true } }]);
      expect((await read(partition, { at: 7 }))[0]?.body).toEqual({ late: true });
      expect((await read(partition, { at: 8 }))[0]?.body).toEqual({ late: false });
    });

    test('appending the same versions again, in part or at the same time, changes nothing', async () => {
      const partition = freshPartition();
      const versions = [0, 1, 2, 3].map((position): RowVersion => ({
        partition,
        sort: `${position % 2}`,
        position,
        ...(position === 2 ? {} : { body: { position } }),
      }));
      await rows.append(versions);
      const before = await Promise.all([0, 1, 2, 3].map((at) => read(partition, { at })));
      await Promise.all([rows.append(versions), rows.append(versions.slice(1)), rows.append(versions)]);
      expect(await Promise.all([0, 1, 2, 3].map((at) => read(partition, { at })))).toEqual(before);
    });

    test('appending no versions is allowed', async () => {
      await expect(rows.append([])).resolves.toBeUndefined();
    });

    test('a range returns rows in the order of the UTF-8 bytes of their sort keys, or descending', async () => {
      const partition = freshPartition();
      const ordered = ['0', 'A', 'a', 'a\t', 'ab', 'a~', 'é', '\uffee', '😀'];
      await rows.append(
        ordered.toReversed().map((sort, position) => ({ partition, sort, position, body: {} })),
      );
      expect(await sorts(partition, { at: 99 })).toEqual(ordered);
      expect(await sorts(partition, { at: 99, descending: true })).toEqual(ordered.toReversed());
    });

    test('a range includes its lowest key and excludes its highest, in both directions', async () => {
      const partition = freshPartition();
      await rows.append(['a', 'b', 'c', 'd'].map((sort) => ({ partition, sort, position: 0, body: {} })));
      const range = { at: 0, from: 'b', below: 'd' };
      expect(await sorts(partition, range)).toEqual(['b', 'c']);
      expect(await sorts(partition, { ...range, descending: true })).toEqual(['c', 'b']);
    });

    test('partitions are separate, even if the name of one is a prefix of the other', async () => {
      const partition = freshPartition();
      await rows.append([{ partition: `${partition}/wide`, sort: 'a', position: 0, body: {} }]);
      expect(await read(partition, { at: 0 })).toEqual([]);
    });

    test('a range returns bodies as the JSON values that were appended', async () => {
      const partition = freshPartition();
      const body = { text: 'Ünïcode "quoted"\n', list: [1, null, { nested: true }] };
      await rows.append([{ partition, sort: 'a', position: 0, body }]);
      expect((await read(partition, { at: 0 }))[0]?.body).toEqual(body);
    });

    test('a scan returns every version once, tombstones included, page by page', async () => {
      const partition = freshPartition();
      const versions = Array.from({ length: 700 }, (_, position): RowVersion => ({
        partition,
        sort: `${position % 300}`,
        position,
        // About 2 MB in total, so that no adapter returns them in one page.
        ...(position % 10 === 0 ? {} : { body: { position, text: 'x'.repeat(3_000) } }),
      }));
      for (let from = 0; from < versions.length; from += 100)
        await rows.append(versions.slice(from, from + 100));
      await rows.append(versions.slice(50, 150));
      const found: RowVersion[] = [];
      let pages = 0;
      for (let after: string | undefined; ;) {
        const page = await rows.scan(after);
        pages += 1;
        found.push(...page.versions.filter((version) => version.partition === partition));
        if (page.next === undefined) break;
        after = page.next;
      }
      expect(pages).toBeGreaterThan(1);
      expect(found.sort((a, b) => a.position - b.position)).toEqual(versions);
    });

    test('a range over hundreds of keys with many versions is exact as of each position, in any order of appends', async () => {
      const partition = freshPartition();
      const random = seeded(7);
      const versions = Array.from({ length: 900 }, (_, position): RowVersion => ({
        partition,
        sort: String(random.below(random.chance(0.3) ? 3 : 260)).padStart(3, '0'),
        position,
        ...(random.chance(0.2) ? {} : { body: { position } }),
      }));
      const shuffled = Array.from(versions, (version) => ({ version, at: random.below(1_000_000) }))
        .sort((a, b) => a.at - b.at)
        .map(({ version }) => version);
      await rows.append(shuffled);
      await rows.append(shuffled.slice(0, 100));
      for (const at of [0, 5, 250, 640, 899]) {
        const newest = new Map(
          versions.filter(({ position }) => position <= at).map((each) => [each.sort, each]),
        );
        const expected = [...newest.values()]
          .filter(({ body }) => body !== undefined)
          .map(({ sort, position, body }) => ({ sort, position, body }))
          .sort((a, b) => (a.sort < b.sort ? -1 : 1));
        expect(await read(partition, { at })).toEqual(expected);
        expect(await read(partition, { at, descending: true })).toEqual(expected.toReversed());
      }
    });
  });
}

const freshPartition = (): string => `partition-${randomUUID()}`;
