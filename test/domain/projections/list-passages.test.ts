// The passages of articles and what rests on them are, read to their end, those of today's queries, as of any position.
import { expect, test } from 'vitest';
import { listDependents, listPassages } from '../../../domain/projections/list-passages.ts';
import {
  articleViews,
  listDependents as dependentsToday,
  listPassages as passagesToday,
} from '../../../domain/queries/articles.ts';
import { openReading } from '../../../domain/queries/reading.ts';
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
  let listed = 0;
  for (let at = 0; at < size; at++) {
    const today = await openReading(whole.views, articleViews, at);
    const reading = { rows, at };
    const article = random.pick(known.articles);
    const request = { limit: 1 + random.below(20) };
    const passages = await wholeList(request, (each) => listPassages(reading, article, each));
    expect(passages).toEqual(await wholeList(request, (each) => passagesToday(today, article, each)));
    listed += passages.length;
    for (const sole of [false, true]) {
      const found = await wholeList(request, (each) => listDependents(reading, { article, sole }, each));
      expect(found).toEqual(
        await wholeList(request, (each) => dependentsToday(today, { articleId: article, sole }, each)),
      );
    }
  }
  expect(listed).toBeGreaterThan(size);
});
