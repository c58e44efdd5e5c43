// The directory says, as of any position, what today's queries say of actors: names, merges, positions, groups.
import { expect, test } from 'vitest';
import { readDirectory } from '../../../domain/projections/directory.ts';
import { groupOf, shownActors } from '../../../domain/queries/actors.ts';
import { openReading, readRow } from '../../../domain/queries/reading.ts';
import { actorKey, actors, type ActorRow } from '../../../domain/views/actors.ts';
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
      const { partition, sort } = actorKey(id);
      const row = await readRow<ActorRow>(reading, actors, partition, sort);
      expect(directory.actors.get(id)).toEqual(row);
      expect(directory.shown(id)).toEqual(shown.get(id));
      expect(directory.group(id)).toEqual(await groupOf(reading, id));
    }
  }
});
