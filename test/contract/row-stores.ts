// The contract of row stores: a generation is built from position 0, completed, read and dropped.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RowStore, RowStores } from '../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';

export interface OpenRowStores {
  readonly stores: RowStores;
  /** Opens the stores again, as a new process does after a crash. */
  readonly reopen: () => Promise<RowStores>;
  readonly close: () => Promise<void>;
}

export function rowStoresContract(name: string, open: () => Promise<OpenRowStores>): void {
  describe(`${name} keep the contract of row stores`, () => {
    let opened: OpenRowStores;
    let stores: RowStores;
    beforeAll(async () => {
      opened = await open();
      ({ stores } = opened);
    });
    afterAll(() => opened.close());
    let last = 0;
    const freshGeneration = (): number => (last += 1);

    test('a generation that was not built rejects versions and readers', async () => {
      const rows = stores.open(freshGeneration());
      await expect(rows.append(versionsOf(0, 1))).rejects.toBeInstanceOf(Error);
      await expect(currentRows(rows)).rejects.toBeInstanceOf(Error);
      await expect(rows.scan()).rejects.toBeInstanceOf(Error);
      expect(await stores.list()).toEqual([]);
    });

    test('dropping a generation that does not exist changes nothing', async () => {
      await expect(stores.drop(freshGeneration())).resolves.toBeUndefined();
      expect(await stores.list()).toEqual([]);
    });

    test('a complete generation has all appended versions, and accepts more', async () => {
      const generation = freshGeneration();
      const built = await stores.build(generation);
      await built.resume(0);
      await built.append(versionsOf(0, 20));
      await built.append(versionsOf(20, 40));
      await built.complete();
      const rows = stores.open(generation);
      expect(await currentRows(rows)).toEqual(rowsOf(40));
      await rows.append(versionsOf(30, 50));
      expect(await currentRows(rows)).toEqual(rowsOf(50));
      expect(await scanned(rows)).toEqual(versionsOf(0, 50));
    });

    test('a range of an incomplete generation rejects, or returns the right rows', async () => {
      const generation = freshGeneration();
      const built = await stores.build(generation);
      await built.resume(0);
      await built.append(versionsOf(0, 30));
      for (const rows of [built, stores.open(generation)]) {
        const found = await currentRows(rows).catch(() => 'rejected');
        expect(found === 'rejected' ? rowsOf(30) : found).toEqual(rowsOf(30));
      }
    });

    test('an incomplete generation can be scanned', async () => {
      const built = await stores.build(freshGeneration());
      await built.resume(0);
      await built.append(versionsOf(0, 200));
      expect(await scanned(built)).toEqual(versionsOf(0, 200));
    });

    test('a generation without versions can be completed', async () => {
      const generation = freshGeneration();
      const built = await stores.build(generation);
      await built.resume(0);
      await built.complete();
      expect(await currentRows(stores.open(generation))).toEqual([]);
      expect(await scanned(stores.open(generation))).toEqual([]);
    });

    test('versions that a crash left beyond the position of resumption exist once', async () => {
      const generation = freshGeneration();
      const first = await stores.build(generation);
      await first.resume(0);
      await first.append(versionsOf(0, 10));
      await first.append(versionsOf(10, 30));
      stores = await opened.reopen();
      const built = await stores.build(generation);
      await built.resume(10);
      expect((await scanned(built)).filter(({ position }) => position < 10)).toEqual(versionsOf(0, 10));
      // Earlier versions can be read by key.
      expect(await currentRows(built, 9)).toEqual(rowsOf(10));
      await built.append(versionsOf(10, 40));
      expect(await scanned(built)).toEqual(versionsOf(0, 40));
      await built.complete();
      expect(await currentRows(stores.open(generation))).toEqual(rowsOf(40));
    });

    test('versions that were appended twice to an incomplete generation exist once', async () => {
      const generation = freshGeneration();
      const built = await stores.build(generation);
      await built.resume(0);
      for (const [from, below] of [[0, 20] as const, [10, 30] as const, [10, 30] as const])
        await built.append(versionsOf(from, below));
      await built.complete();
      expect(await scanned(stores.open(generation))).toEqual(versionsOf(0, 30));
      expect(await currentRows(stores.open(generation))).toEqual(rowsOf(30));
    });

    test('a complete generation can be completed, built and resumed again', async () => {
      const generation = freshGeneration();
      const first = await stores.build(generation);
      await first.resume(0);
      await first.append(versionsOf(0, 30));
      await first.complete();
      await first.complete();
      stores = await opened.reopen();
      const built = await stores.build(generation);
      await built.resume(20);
      await built.append(versionsOf(20, 35));
      await built.complete();
      expect(await scanned(stores.open(generation))).toEqual(versionsOf(0, 35));
      expect(await currentRows(stores.open(generation))).toEqual(rowsOf(35));
    });

    test('generations do not share rows', async () => {
      const [one, other] = [freshGeneration(), freshGeneration()];
      for (const [generation, below] of [[one, 10] as const, [other, 20] as const]) {
        const built = await stores.build(generation);
        await built.append(versionsOf(0, below));
        await built.complete();
      }
      expect(await currentRows(stores.open(one))).toEqual(rowsOf(10));
      expect(await currentRows(stores.open(other))).toEqual(rowsOf(20));
    });

    test('generations are listed from their build until their drop', async () => {
      const [incomplete, complete, dropped] = [freshGeneration(), freshGeneration(), freshGeneration()];
      for (const generation of [incomplete, complete, dropped]) await stores.build(generation);
      await (await stores.build(complete)).complete();
      const among = async (): Promise<number[]> =>
        (await stores.list()).filter((each) => each >= incomplete).sort((a, b) => a - b);
      expect(await among()).toEqual([incomplete, complete, dropped]);
      await stores.drop(dropped);
      await stores.drop(dropped);
      expect(await among()).toEqual([incomplete, complete]);
      stores = await opened.reopen();
      expect(await among()).toEqual([incomplete, complete]);
    });

    test('a dropped generation rejects versions and readers', async () => {
      const generation = freshGeneration();
      const rows = stores.open(generation);
      const built = await stores.build(generation);
      await built.append(versionsOf(0, 10));
      await built.complete();
      expect(await currentRows(rows)).toEqual(rowsOf(10));
      await stores.drop(generation);
      await expect(rows.append(versionsOf(10, 20))).rejects.toBeInstanceOf(Error);
      await expect(currentRows(rows)).rejects.toBeInstanceOf(Error);
      await expect(rows.scan()).rejects.toBeInstanceOf(Error);
    });
  });
}

const PARTITION = 'partition';

/** Returns one version per position, for seven keys. Some are tombstones. */
const versionsOf = (from: number, below: number): RowVersion[] =>
  Array.from({ length: below - from }, (_, index) => {
    const position = from + index;
    const key = { partition: PARTITION, sort: String(position % 7), position };
    return position % 5 === 3 ? key : { ...key, body: { position } };
  });

/** Returns the current rows as of the position before `below`. */
function rowsOf(below: number) {
  const newest = new Map(versionsOf(0, below).map((version) => [version.sort, version]));
  return [...newest.values()]
    .filter(({ body }) => body !== undefined)
    .map(({ sort, position, body }) => ({ sort, position, body }))
    .sort((a, b) => (a.sort < b.sort ? -1 : 1));
}

const currentRows = (rows: RowStore, at = 1_000) => Array.fromAsync(rows.range(PARTITION, { at }));

/** Returns all versions by position. */
export async function scanned(rows: RowStore): Promise<RowVersion[]> {
  const versions: RowVersion[] = [];
  for (let after: string | undefined; ;) {
    const page = await rows.scan(after);
    versions.push(...page.versions);
    if (page.next === undefined) return versions.sort((a, b) => a.position - b.position);
    after = page.next;
  }
}
