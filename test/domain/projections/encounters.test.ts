// Encounters of two actors are those of today's query, as of any position, with and without filters.
import { expect, test } from 'vitest';
import { readDirectory } from '../../../domain/projections/directory.ts';
import { encounters } from '../../../domain/projections/encounters.ts';
import { encounters as encountersToday, recordedPairs } from '../../../domain/queries/encounters.ts';
import { networkViews } from '../../../domain/queries/network.ts';
import { openReading } from '../../../domain/queries/reading.ts';
import { readEvent } from '../../../events/envelope.ts';
import { versionsOf } from '../../support/both-engines.ts';
import { memoryRowStore } from '../../support/memory-row-store.ts';
import { history } from '../../support/random-archive.ts';
import { seeded } from '../../support/seeded.ts';

test.each([1, 2, 3, 4])('of random history %i, of all pairs at every position', async (seed) => {
  const { commits, known, size, whole } = await history(seed);
  const rows = memoryRowStore();
  await rows.append(
    await versionsOf(
      commits.flatMap(({ events }) => events.map(readEvent)),
      50,
    ),
  );
  const random = seeded(seed);
  let met = 0;
  for (let at = 0; at < size; at++) {
    const directory = await readDirectory({ rows, at });
    const today = await openReading(whole.views, networkViews, at);
    const groups = [...new Set(known.actors.map((id) => directory.group(id).join()))].map((ids) =>
      ids.split(','),
    );
    const filter = random.chance(0.5)
      ? {}
      : {
          ...(random.chance(0.5) ? { topic: random.pick(['peace', 'trade', 'g20']) } : {}),
          ...(random.chance(0.5) ? { from: '2023-03-02' } : {}),
        };
    for (const [index, group] of groups.entries())
      for (const others of groups.slice(index + 1)) {
        const found = await encounters({ rows, at }, group, others, filter);
        const pairs = await recordedPairs(today, group, others);
        expect(found).toEqual(await encountersToday(today, pairs, filter));
        if (found) met++;
      }
  }
  expect(met).toBeGreaterThan(10);
});
