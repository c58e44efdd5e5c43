// Lists of things are, read to their end, those that today's query returns, as of any position, whatever the filter.
import { expect, test } from 'vitest';
import { listThings } from '../../../domain/projections/list-things.ts';
import type { TimelineFilter } from '../../../domain/queries/filter.ts';
import { openReading } from '../../../domain/queries/reading.ts';
import { listTimeline, timelineViews } from '../../../domain/queries/timeline.ts';
import { readEvent } from '../../../events/envelope.ts';
import { versionsOf } from '../../support/both-engines.ts';
import { memoryRowStore } from '../../support/memory-row-store.ts';
import { history } from '../../support/random-archive.ts';
import { seeded, type Seeded } from '../../support/seeded.ts';
import { wholeList } from '../../support/whole-list.ts';

function randomFilter(random: Seeded, actors: readonly string[]): TimelineFilter {
  const sometimes = <T>(chance: number, value: T): T | undefined =>
    random.chance(chance) ? value : undefined;
  const filter = {
    kind: sometimes(0.3, random.pick(['meeting', 'statement', 'opinion'] as const)),
    actor: sometimes(0.3, [random.pick(actors), ...(random.chance(0.3) ? [random.pick(actors)] : [])]),
    speaker: sometimes(0.2, random.pick(actors)),
    addressee: sometimes(0.1, random.pick(actors)),
    about: sometimes(0.1, random.pick(actors)),
    topic: sometimes(0.3, random.pick(['peace', 'trade', 'g20'])),
    certainty: sometimes(0.3, random.pick(['asserted', 'reported', 'speculated'])),
    recordedBy: sometimes(0.1, random.pick(['editor:priya', 'editor:tomas'])),
    from: sometimes(0.3, random.pick(['1950', '2022-12', '2023-03-02', '2023-03-03', '2024'])),
    to: sometimes(0.3, random.pick(['2022', '2023-03-02', '2023-03-31', '2024'])),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

test.each([1, 2, 3, 4])('of random history %i, with three filters at every position', async (seed) => {
  const { commits, known, size, whole } = await history(seed);
  const rows = memoryRowStore();
  await rows.append(
    await versionsOf(
      commits.flatMap(({ events }) => events.map(readEvent)),
      50,
    ),
  );
  const random = seeded(seed);
  let listed = 0;
  for (let at = 0; at < size; at++) {
    const reading = await openReading(whole.views, timelineViews, at);
    for (const filter of [{}, randomFilter(random, known.actors), randomFilter(random, known.actors)]) {
      const request = { limit: 1 + random.below(30), descending: random.chance(0.5) };
      const expected = await wholeList(request, (each) => listTimeline(reading, filter, each));
      const found = await wholeList(request, (each) => listThings({ rows, at }, filter, each));
      expect(found, JSON.stringify({ at, filter, request })).toEqual(expected);
      listed += found.length;
    }
  }
  expect(listed).toBeGreaterThan(size);
});
