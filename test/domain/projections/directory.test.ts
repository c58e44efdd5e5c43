// The directory says, as of any position, what today's queries say of actors: names, merges, positions, groups.
import { expect, test } from 'vitest';
import { readDirectory } from '../../../domain/projections/directory.ts';
import { actorRow, groupOf, shownActors } from '../../../domain/queries/actors.ts';
import { openReading } from '../../../domain/queries/reading.ts';
import { actors } from '../../../domain/views/actors.ts';
import { readEvent } from '../../../events/envelope.ts';
import { versionsOf } from '../../support/both-engines.ts';
import { memoryRowStore } from '../../support/memory-row-store.ts';
import { history } from '../../support/random-archive.ts';

test.each([1, 2, 3, 4])('of random history %i, at every position', async (seed) => {
  const { commits, known, size, whole } = await history(seed);
  const rows = memoryRowStore();
  await rows.append(
    await versionsOf(
      commits.flatMap(({ events }) => events.map(readEvent)),
      50,
    ),
  );
  for (let at = 0; at < size; at++) {
    const directory = await readDirectory({ rows, at });
    const reading = await openReading(whole.views, [actors], at);
    const shown = await shownActors(reading, known.actors);
    for (const id of known.actors) {
      expect(directory.actors.get(id)).toEqual(await actorRow(reading, id));
      expect(directory.shown(id)).toEqual(shown.get(id));
      expect(directory.group(id)).toEqual(await groupOf(reading, id));
    }
  }
});
