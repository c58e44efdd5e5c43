// What a store returns as of any position is what the versions up to there say, in whatever order they were appended.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../../adapters/sqlite/database.ts';
import { sqliteRowStore } from '../../../../adapters/sqlite/row-store.ts';
import type { RowStore } from '../../../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../../../domain/projections/rows/row.ts';
import { readEvent } from '../../../../events/envelope.ts';
import { versionsOf } from '../../../support/archives/fold-history.ts';
import { memoryRowStore } from '../../../support/stores/memory-row-store.ts';
import { randomCommits } from '../../../support/archives/random-commits.ts';
import { seeded } from '../../../support/seeded.ts';

interface OpenStore {
  readonly store: RowStore;
  readonly close: () => Promise<void>;
}

async function inSqlite(): Promise<OpenStore> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-rows-'));
  const database = openDatabase(join(folder, 'rows.db'));
  const close = async () => {
    database.close();
    await rm(folder, { recursive: true });
  };
  const store = sqliteRowStore(database, join(folder, 'keys.db'));
  await store.complete();
  return { store, close };
}

const inMemory = async (): Promise<OpenStore> => ({ store: memoryRowStore(), close: async () => {} });

describe.each([
  ['in memory', inMemory],
  ['in SQLite', inSqlite],
])('a store %s', (_where, open) => {
  test.each([31, 32])('returns history %i as of every tenth position', async (seed) => {
    const events = randomCommits(seed, 200).flatMap((commit) => commit.events.map(readEvent));
    const versions = await versionsOf(events, 64);
    const { store, close } = await open();
    const random = seeded(seed);
    const shuffled = versions
      .map((version) => ({ version, at: random.below(1_000_000) }))
      .sort((a, b) => a.at - b.at)
      .map(({ version }) => version);
    await store.append(shuffled);
    await store.append(shuffled.slice(0, 100));
    for (let at = 9; at < events.length; at += 10) {
      for (const [partition, expected] of currentRows(versions, at))
        expect(await Array.fromAsync(store.range(partition, { at }))).toEqual(expected);
    }
    await close();
  });
});

/** Of each partition, the newest version of each key up to a position, without tombstones. */
function currentRows(
  versions: readonly RowVersion[],
  at: number,
): Map<string, Omit<RowVersion, 'partition'>[]> {
  const partitions = new Map<string, Map<string, RowVersion>>();
  for (const version of versions) {
    const rows = partitions.get(version.partition) ?? new Map<string, RowVersion>();
    partitions.set(version.partition, rows);
    if (version.position <= at) rows.set(version.sort, version);
  }
  return new Map(
    [...partitions].map(([partition, rows]) => [
      partition,
      [...rows.values()]
        .filter(({ body }) => body !== undefined)
        .map(({ partition: _, ...row }) => row)
        .sort((a, b) => (a.sort < b.sort ? -1 : 1)),
    ]),
  );
}
