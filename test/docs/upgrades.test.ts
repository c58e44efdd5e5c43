// Tries the upgrades that docs/operating.md describes, with read models of two releases on one archive.
import { describe, expect, test } from 'vitest';
import { readModels } from '../../domain/projections/views/read-models.ts';
import { liveCheckpoints, readGenerations } from '../../domain/projections/catalog.ts';
import { catchUp } from '../../domain/projections/catch-up.ts';
import { rollBack } from '../../domain/projections/rebuild/rollback.ts';
import { reconciler } from '../../domain/projections/rebuild/reconciler.ts';
import { openReadings } from '../../domain/queries/open-readings.ts';
import { publishedLog } from '../support/logs/published-log.ts';
import { randomCommits } from '../support/archives/random-commits.ts';
import { caughtUp, recordOf, reconcileToEnd, type Rebuildable } from '../support/rebuilds.ts';

const by = 'operator:lena';
const log = publishedLog(randomCommits(1, 300));
const withNewTopics = readModels.map((model) =>
  model.name === 'topics' ? { ...model, version: model.version + 1 } : model,
);

/** Returns the projection checkpoint of each read model in a generation. */
async function nextIn({ catalog }: Rebuildable, generation: number): Promise<Record<string, number>> {
  const { generations } = await readGenerations(catalog);
  const checkpoints = Object.entries(generations[generation] ?? {});
  return Object.fromEntries(checkpoints.map(([name, { next }]) => [name, next]));
}

describe('a release that raises a fold version', () => {
  test('a release that raises a fold version does not fold the old rows of that read model, and promotes new ones', async () => {
    const old = await caughtUp(await log, 200);
    const upgraded = { ...old, models: withNewTopics };
    old.publishTo(220);
    await catchUp(upgraded);
    expect(await nextIn(old, 1)).toMatchObject({ topics: 200, timeline: 220 });
    await reconcileToEnd(upgraded);
    expect(await recordOf(old, 2)).toMatchObject({ reason: 'new-version', phase: 'switched' });
    expect(await nextIn(old, 2)).toMatchObject({ topics: 220, timeline: 220 });
  });

  test('the old release rolls back a raised fold version once it has folded the kept generation', async () => {
    const old = await caughtUp(await log, 200);
    const upgraded = { ...old, models: withNewTopics };
    await reconcileToEnd(upgraded);
    old.publishTo(250);
    await catchUp(upgraded);
    await expect(rollBack(upgraded, 1, by)).rejects.toThrow('deploy a release that folds version');
    await expect(rollBack(old, 1, by)).rejects.toThrow('is behind the live generation');
    await reconciler(old)();
    expect(await recordOf(old, 3)).toMatchObject({ reason: 'new-version', phase: 'folding' });
    await catchUp(old);
    expect(await rollBack(old, 1, by)).toMatchObject({ live: 1 });
  });
});

test('a release that adds a read model folds it from position 0 in the live generation', async () => {
  const fewer = readModels.filter(({ name }) => name !== 'topics');
  const old = await caughtUp(await log, 200, { models: fewer });
  const upgraded = { ...old, models: readModels };
  expect((await openReadings(upgraded)(readModels)).at).toBe(-1);
  await catchUp(upgraded);
  expect((await openReadings(upgraded)(readModels)).at).toBe(199);
  const { last, ...generations } = await readGenerations(old.catalog);
  expect([last, liveCheckpoints({ last, ...generations })?.['topics']?.next]).toEqual([1, 200]);
});
