// Tests reading the log bundle by bundle, forwards and backwards, from and to any position.
import { expect, test } from 'vitest';
import { bundlesBetween } from '../../../domain/log/replay.ts';
import { packEntries } from '../../../events/log/entries.ts';
import { bundlesOf, entriesPath, TILE_WIDTH } from '../../../events/log/paths.ts';
import { memoryBlobs } from '../../support/stores/memory-blobs.ts';

const PUBLISHED = 2 * TILE_WIDTH + 10;

async function logOf(size: number) {
  const log = memoryBlobs();
  for (const { bundle, width } of bundlesOf(size)) {
    const entries = Array.from({ length: width }, (_, index) =>
      Buffer.from(String(bundle * TILE_WIDTH + index)),
    );
    await log.create(entriesPath(bundle, width), packEntries(entries));
  }
  return log;
}

test.each([
  [0, PUBLISHED],
  [0, 1],
  [3, 7],
  [TILE_WIDTH - 1, TILE_WIDTH + 1],
  [TILE_WIDTH, 2 * TILE_WIDTH],
  [10, PUBLISHED - 5],
  [PUBLISHED - 1, PUBLISHED],
  [7, 7],
  [8, 7],
  [Number.NaN, 7],
])('the entries from %i to below %i are the same forwards and backwards', async (from, below) => {
  const log = await logOf(PUBLISHED);
  const expected = Array.from({ length: PUBLISHED }, (_, position) => position).filter(
    (position) => position >= from && position < below,
  );
  const range = { from, below, published: PUBLISHED };
  for (const descending of [false, true]) {
    const entries = (await Array.fromAsync(bundlesBetween(log, range, descending))).flat();
    const positions = descending ? expected.toReversed() : expected;
    expect(entries.map(({ position }) => position)).toEqual(positions);
    expect(entries.map(({ bytes }) => Number(Buffer.from(bytes).toString()))).toEqual(positions);
  }
});

test('a bundle is read on demand', async () => {
  const log = await logOf(PUBLISHED);
  const keys: string[] = [];
  const counted = { get: (key: string) => (keys.push(key), log.get(key)) };
  const bundles = bundlesBetween(counted, { from: 0, below: PUBLISHED, published: PUBLISHED }, true);
  await bundles.next();
  expect(keys).toEqual([entriesPath(2, 10)]);
  await bundles.next();
  expect(keys).toEqual([entriesPath(2, 10), entriesPath(1)]);
});
