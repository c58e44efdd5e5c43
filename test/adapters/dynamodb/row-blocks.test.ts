// Rows whose sort key is their position share items on DynamoDB. For any batches, also appended again, ranges and scans
// return the rows that a store with an item for each row returns.
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeUnits } from '../../../adapters/dynamodb/item-size.ts';
import { itemsOf, versionsIn } from '../../../adapters/dynamodb/row-item.ts';
import { dynamodbRowStores } from '../../../adapters/dynamodb/row-stores.ts';
import type { RowRange, RowStore } from '../../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import { startDynalite, type Emulator } from '../../support/servers/dynalite.ts';
import { memoryRowStore } from '../../support/stores/memory-row-store.ts';

const positionKey = (position: number): string => String(position).padStart(12, '0');
const delta = (position: number, partition = 'deltas'): RowVersion => ({
  partition,
  sort: positionKey(position),
  position,
  body: [['actor-counts', `actor-${position % 7}`, 'statements', 1]],
});
const range = (from: number, below: number): number[] =>
  Array.from({ length: below - from }, (_, index) => from + index);

describe('the items of rows by position', () => {
  test('32 neighbouring rows by position are one item of one write unit', () => {
    const items = itemsOf(range(0, 320).map((position) => delta(position)));
    expect(items).toHaveLength(10);
    expect(items.map(writeUnits)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  test('a single row, a tombstone and a row by another key are items of their own', () => {
    const { body: _, ...tombstone } = delta(2);
    const versions = [delta(0), delta(40), tombstone, { ...delta(3), sort: `${positionKey(3)}~000150` }];
    expect(itemsOf(versions)).toHaveLength(4);
  });

  test('items of rows by position hold each version unchanged, also at the highest positions of a block', () => {
    for (const positions of [range(32, 64), [31, 63], [0, 31], [62, 63], [5, 6, 9, 4_095]]) {
      const versions = positions.map((position) => delta(position));
      const found = itemsOf(versions).flatMap(versionsIn);
      expect(found.map(({ body, ...key }) => ({ ...key, body: body() }))).toEqual(
        expect.arrayContaining(versions),
      );
      expect(found).toHaveLength(versions.length);
    }
  });

  test('rows at the same positions have the same item, and rows at other positions have another key', () => {
    const keyOf = (positions: number[]) =>
      itemsOf(positions.map((position) => delta(position)))[0]?.['sort']?.S;
    expect(keyOf([0, 1, 2])).toBe(keyOf([2, 0, 1]));
    expect(new Set([[0, 1], [0, 2], [0, 1, 2], [0]].map(keyOf)).size).toBe(4);
  });

  test('rows by position that are too large together are items of their own', () => {
    const large = range(0, 32).map((position) => ({
      ...delta(position),
      body: { text: 'x'.repeat(28_000) },
    }));
    expect(itemsOf(large)).toHaveLength(32);
  });
});

describe('rows by position on dynalite', () => {
  let emulator: Emulator;
  let generation = 0;
  beforeAll(async () => {
    emulator = await startDynalite();
  });
  afterAll(() => emulator.close());

  const fresh = async () => {
    const stores = dynamodbRowStores(emulator.client, { prefix: 'blocks-rows-', scanItems: 13 });
    return stores.build(++generation);
  };
  const read = (rows: RowStore, partition: string, asked: RowRange) =>
    Array.fromAsync(rows.range(partition, asked));
  async function scanned(rows: RowStore): Promise<string[]> {
    const found: RowVersion[] = [];
    let after: string | undefined;
    do {
      const page = await rows.scan(after);
      found.push(...page.versions);
      after = page.next;
    } while (after !== undefined);
    return found
      .map(({ partition, sort, position }) => JSON.stringify([partition, sort, position]))
      .toSorted();
  }

  test('ranges and scans of rows by position are the same for any batches, also appended again and late', async () => {
    const end = 150;
    const versionsAt = (position: number): RowVersion[] => [
      ...(position % 5 === 0 ? [] : [delta(position)]),
      ...(position % 4 === 0 ? [delta(position, 'other')] : []),
      ...(position % 9 === 0 ? [{ ...delta(position), sort: `${positionKey(position)}~000150` }] : []),
      { partition: 'list', sort: `2023-0${position % 9}`, position, body: { position } },
    ];
    const batch = fc
      .tuple(fc.nat(end - 1), fc.integer({ min: 1, max: 60 }))
      .map(([from, length]) => range(from, Math.min(end, from + length)));
    const asked = fc.record(
      {
        at: fc.integer({ min: -1, max: end + 5 }),
        from: fc.nat(end).map(positionKey),
        below: fc.nat(end + 10).map((position) => positionKey(position)),
        descending: fc.boolean(),
      },
      { requiredKeys: ['at'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { minLength: 1, maxLength: 12 }),
        fc.array(asked, { minLength: 6, maxLength: 6 }),
        async (batches, ranges) => {
          const [rows, expected] = [await fresh(), memoryRowStore()];
          for (const positions of batches) {
            const versions = positions.flatMap(versionsAt);
            await rows.append(versions);
            await expected.append(versions);
          }
          for (const each of ranges)
            for (const partition of ['deltas', 'other', 'list'])
              expect(await read(rows, partition, each)).toEqual(await read(expected, partition, each));
          expect(await scanned(rows)).toEqual(await scanned(expected));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('a range of one row by position finds it within its block', async () => {
    const rows = await fresh();
    await rows.append(range(0, 64).map((position) => delta(position)));
    const one = { at: 63, from: positionKey(40), below: `${positionKey(40)}\0` };
    expect((await read(rows, 'deltas', one)).map(({ position }) => position)).toEqual([40]);
    expect(await read(rows, 'deltas', { ...one, at: 39 })).toEqual([]);
  });

  test('2,048 positions that are appended by 100 are at most 90 items', async () => {
    const rows = await fresh();
    for (const from of range(0, 21))
      await rows.append(range(100 * from, 100 * from + 100).map((at) => delta(at)));
    const { Count } = await emulator.client.send(
      new ScanCommand({ TableName: `blocks-rows-${generation}`, Select: 'COUNT' }),
    );
    expect(Count).toBeLessThanOrEqual(90);
    const all = await read(rows, 'deltas', { at: 2_099 });
    expect(all.map(({ position }) => position)).toEqual(range(0, 2_100));
  });
});
