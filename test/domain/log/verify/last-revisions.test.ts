// Compares the compact map of last revisions with a Map, through every doubling.
import { expect, test } from 'vitest';
import { revisionMap } from '../../../../domain/log/verify/last-revisions.ts';
import { seeded } from '../../../support/seeded.ts';

test('the compact map of revisions agrees with a Map and takes about 40 bytes for each stream', () => {
  const [random, kept, map] = [seeded(7), revisionMap(), new Map<string, number>()];
  for (let n = 0; n < 60_000; n++) {
    const stream = `statement-${random.below(30_000)}`;
    expect(kept.get(stream)).toBe(map.get(stream) ?? 0);
    kept.set(stream, n + 1);
    map.set(stream, n + 1);
  }
  expect(kept.size()).toBe(map.size);
  for (const [stream, revision] of map) expect(kept.get(stream)).toBe(revision);
  expect(kept.get('statement-never')).toBe(0);
  expect(kept.bytes() / kept.size()).toBeLessThan(60);
});
