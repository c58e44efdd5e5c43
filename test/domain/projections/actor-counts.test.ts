// Counts of actors are those of today's query, alone and together with the actors that are merged into them.
import { expect, test } from 'vitest';
import { countsOf } from '../../../domain/projections/actor-counts.ts';
import { readDirectory } from '../../../domain/projections/directory.ts';
import { countsOf as countsToday } from '../../../domain/queries/actor-counts.ts';
import { openReading } from '../../../domain/queries/reading.ts';
import { actors } from '../../../domain/views/actors.ts';
import { timeline } from '../../../domain/views/timeline.ts';
import { readEvent } from '../../../events/envelope.ts';
import { versionsOf } from '../../support/both-engines.ts';
import { memoryRowStore } from '../../support/memory-row-store.ts';
import { history } from '../../support/random-archive.ts';

/** Today's counts have a 0 for what there is none of any more. */
const positive = (counts: object): object =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

test.each([1, 2, 3, 4])('of random history %i, at every position', async (seed) => {
  const { commits, known, size, whole } = await history(seed);
  const rows = memoryRowStore();
  await rows.append(
    await versionsOf(
      commits.flatMap(({ events }) => events.map(readEvent)),
      50,
    ),
  );
  let merged = 0;
  for (let at = 0; at < size; at++) {
    const directory = await readDirectory({ rows, at });
    const reading = await openReading(whole.views, [actors, timeline], at);
    for (const id of known.actors) {
      const group = directory.group(id);
      if (group.length > 1) merged++;
      expect(await countsOf({ rows, at }, group)).toEqual(positive(await countsToday(reading, group)));
    }
  }
  expect(merged).toBeGreaterThan(0);
});
