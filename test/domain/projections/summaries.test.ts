// Every row that names a thing leads to its summary as of the same position, wherever the date of the thing has moved.
import { expect, test } from 'vitest';
import type { PassageRow } from '../../../domain/projections/article.ts';
import { readParts, type Reading, type Row } from '../../../domain/projections/reading.ts';
import { summaryAt } from '../../../domain/projections/summaries.ts';
import type { Listed } from '../../../domain/projections/thing.ts';
import { readEvent } from '../../../events/envelope.ts';
import { versionsOf } from '../../support/both-engines.ts';
import { memoryRowStore } from '../../support/memory-row-store.ts';
import { randomCommits } from '../../support/random-commits.ts';

/** Where the list of all has the thing of a row, and the id of that thing. */
function listedIn(partition: string, { sort, body }: Row<object>): Listed & { readonly id: string } {
  if (partition.startsWith('passages/')) {
    const { id, listed } = body as PassageRow;
    return { ...listed, id };
  }
  return { sort, ...(body as { wide?: true }), id: sort.slice(sort.lastIndexOf('~') + 1) };
}

test.each([41, 42, 43])('of random history %i', async (seed) => {
  const events = randomCommits(seed, 300).flatMap((commit) => commit.events.map(readEvent));
  const versions = await versionsOf(events, 60);
  const rows = memoryRowStore();
  await rows.append(versions);
  const partitions = [...new Set(versions.map(({ partition }) => partition))].filter((partition) =>
    /^(?:on|passages|meetings)\//.test(partition),
  );
  const found: (string | undefined)[] = [];
  const named: string[] = [];
  for (let at = 20; at < events.length; at += 20) {
    const reading: Reading = { rows, at };
    for (const partition of partitions)
      for await (const row of readParts<object>(reading, [{ partition }])) {
        const { id, ...listed } = listedIn(partition, row);
        named.push(id);
        found.push((await summaryAt(reading, listed))?.id);
      }
  }
  expect(found).toEqual(named);
  expect(new Set(partitions.map((partition) => partition.split('/')[0])).size).toBe(3);
});
