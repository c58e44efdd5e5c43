// Lines of speakers on a topic and responses to things are, read to their end, those of today's queries, as of any position.
import { expect, test } from 'vitest';
import { listLine, listResponses } from '../../../domain/projections/list-things.ts';
import { openReading } from '../../../domain/queries/reading.ts';
import { pageOfThings } from '../../../domain/queries/things.ts';
import { topicDossier } from '../../../domain/queries/topic-dossier.ts';
import { views } from '../../../domain/views/all.ts';
import { meeting } from '../../../domain/views/meeting.ts';
import { readEvent } from '../../../events/envelope.ts';
import { versionsOf } from '../../support/both-engines.ts';
import { memoryRowStore } from '../../support/memory-row-store.ts';
import { history } from '../../support/random-archive.ts';
import { seeded } from '../../support/seeded.ts';
import { wholeList } from '../../support/whole-list.ts';

test.each([1, 2, 3, 4])('of random history %i, at every position', async (seed) => {
  const { commits, known, size, whole } = await history(seed);
  const rows = memoryRowStore();
  await rows.append(
    await versionsOf(
      commits.flatMap(({ events }) => events.map(readEvent)),
      50,
    ),
  );
  const random = seeded(seed);
  const listed = { lines: 0, responses: 0 };
  for (let at = 0; at < size; at++) {
    const today = await openReading(whole.views, views, at);
    const reading = { rows, at };
    const request = { limit: 1 + random.below(5), descending: random.chance(0.5) };
    const topic = random.pick(['peace', 'trade', 'g20']);
    const filter = {
      speaker: random.pick(known.actors),
      ...(random.chance(0.3) ? { from: '2023-03-02' } : {}),
      ...(random.chance(0.3) ? { to: '2023-03-02' } : {}),
      ...(random.chance(0.2) ? { certainty: 'asserted' } : {}),
    };
    const line = await wholeList(request, (each) => listLine(reading, { ...filter, topic }, each));
    expect(line).toEqual(
      await wholeList(
        request,
        async (each) => (await topicDossier(today, topic, filter, each)) ?? { items: [] },
      ),
    );
    const thing = random.pick(known.things);
    const responses = await wholeList(request, (each) => listResponses(reading, thing, each));
    const sources = [{ view: meeting, partition: `on/${thing}` }];
    expect(responses).toEqual(await wholeList(request, (each) => pageOfThings(today, sources, each)));
    listed.lines += line.length;
    listed.responses += responses.length;
  }
  expect(Math.min(listed.lines, listed.responses)).toBeGreaterThan(20);
});
