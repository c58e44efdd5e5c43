// Tests that folding returns the same versions for any size, order and number of batches, in linear time per stream.
import { describe, expect, test } from 'vitest';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { foldBatch } from '../../../domain/projections/fold.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import { readEvent, type RecordedEvent } from '../../../events/envelope.ts';
import { earlierIn, versionsOf } from '../../support/archives/fold-history.ts';
import { event } from '../../support/archives/written-history.ts';
import { statementData } from '../../support/archives/kinds.ts';
import { memoryRowStore } from '../../support/stores/memory-row-store.ts';
import { randomCommits } from '../../support/archives/random-commits.ts';
import { seeded } from '../../support/seeded.ts';
import { logOf } from '../../support/logs/log-of.ts';

const randomEvents = (seed: number): RecordedEvent[] =>
  randomCommits(seed, 300).flatMap(({ events }) => events.map(readEvent));

/** Returns all versions of a store after these were appended. */
async function storedText(versions: readonly RowVersion[]): Promise<string> {
  const store = memoryRowStore();
  await store.append(versions);
  return store.text();
}

describe('the same events give the same versions', () => {
  test.each([11, 12, 13, 14, 15, 16, 17, 18])(
    'the same events yield the same versions in any batches, in any order, more than once: history %i',
    async (seed) => {
      const events = randomEvents(seed);
      const log = events.map((each, position) => ({ event: each, position }));
      const random = seeded(seed);
      const store = memoryRowStore();
      const starts = Array.from({ length: events.length * 2 }, (_, n) => n % events.length);
      while (starts.length > 0) {
        const [from = 0] = starts.splice(random.below(starts.length), 1);
        const batch = log.slice(from, from + 1 + random.below(9));
        const folded = await foldBatch(readModels, batch, earlierIn(events));
        await store.append([...folded.values()].flatMap(({ versions }) => versions));
      }
      for (const batchSize of [1, 2, 7, 100, events.length])
        expect(await storedText(await versionsOf(events, batchSize))).toBe(store.text());
    },
  );

  test('a fold writes no key twice at one position', async () => {
    const events = randomEvents(19);
    const versions = await versionsOf(events, 60);
    const keys = versions.map(({ partition, sort, position }) => `${partition} ${sort} ${position}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('no two read models share a partition, so that they may share a store', async () => {
    const events = randomEvents(20);
    const log = events.map((each, position) => ({ event: each, position }));
    const folded = await foldBatch(readModels, log, earlierIn(events));
    const owners = new Map<string, ReadModel>();
    for (const [model, { versions }] of folded)
      for (const { partition } of versions) {
        const owner = owners.get(partition) ?? model;
        expect(owner.name).toBe(model.name);
        owners.set(partition, model);
      }
  });
});

/** Counts how often rows are made. */
function counting(): { readonly model: ReadModel; readonly calls: () => number } {
  let calls = 0;
  const rowsOf = () => {
    calls++;
    return [];
  };
  return { model: { name: 'counting', version: 1, rowsOf }, calls: () => calls };
}

describe('a stream of 10,000 events folds in linear time', () => {
  const LENGTH = 10_000;
  const BATCH = 2_000;
  const corrected = (n: number) =>
    event('StatementCorrected', {
      cause: 'coding-error',
      reason: 'x',
      changes: { content: `Version ${n}` },
      evidence: [],
    });
  const merged = (n: number) =>
    n % 2 === 0
      ? event('ActorsMerged', { actor: `actor-${n}`, into: 'actor-a', reason: 'x' })
      : event('ActorsUnmerged', { actor: `actor-${n - 1}`, from: 'actor-a', reason: 'x' });

  test.each<[string, RecordedEvent[]]>([
    [
      'of a statement that is corrected again and again',
      logOf([
        ['statement-s', { type: 'StatementMade', data: statementData }],
        ...Array.from({ length: LENGTH - 1 }, (_, n) => ['statement-s', corrected(n)] as const),
      ]),
    ],
    ['of merges', logOf(Array.from({ length: LENGTH }, (_, n) => ['actor-merges', merged(n)] as const))],
  ])(
    'folding %s reads the earlier events once per batch, and makes rows before and after each event',
    async (_what, events) => {
      const { model, calls } = counting();
      const log = events.map((each, position) => ({ event: each, position }));
      const read: number[] = [];
      for (let from = 0; from < LENGTH; from += BATCH)
        await foldBatch([model], log.slice(from, from + BATCH), async () => {
          read.push(from);
          return events.slice(0, from);
        });
      expect(read).toEqual([2_000, 4_000, 6_000, 8_000]);
      expect(calls()).toBeLessThanOrEqual(2 * LENGTH);
    },
  );
});
