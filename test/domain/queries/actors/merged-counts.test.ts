// Tests that merged actors are counted as one. A process that has counted them before continues from its count, and
// returns the same result as a process that counts them for the first time.
import { expect, test } from 'vitest';
import { ACTOR_COUNTS } from '../../../../domain/projections/rows/row-keys.ts';
import { readingAt, rowSourceOf, type RowSource } from '../../../../domain/projections/rows/reading.ts';
import { sumsOf } from '../../../../domain/projections/rows/sums.ts';
import { countsOf } from '../../../../domain/queries/actors/actor-counts.ts';
import { corrected, reinstated, retracted, said, type Entry } from '../../../support/entries.ts';
import { commitsOf } from '../../../support/logs/log-of.ts';
import { publishedLog } from '../../../support/logs/published-log.ts';
import { caughtUp } from '../../../support/rebuilds.ts';
import { seeded } from '../../../support/seeded.ts';

const [A, B, C] = ['actor-a', 'actor-b', 'actor-c'];
const GROUP = [A, B, C];

const speakers = (...ids: string[]) => ({ speakers: ids.map((actor) => ({ actor })) });

async function folded(entries: readonly Entry[]) {
  const of = await caughtUp(await publishedLog(commitsOf(entries)), entries.length);
  const read = { lists: 0 };
  const rows = of.rows.open(1);
  const counted = {
    ...rows,
    range: (partition: string, ...range: [any]) => {
      if (partition.startsWith('actor/')) read.lists++;
      return rows.range(partition, ...range);
    },
  };
  return { newSource: () => rowSourceOf(counted, of), read };
}

async function statementsAt(source: RowSource, at: number): Promise<number> {
  const reading = readingAt(source, at);
  const counts = await countsOf(reading, GROUP, await sumsOf(reading, ACTOR_COUNTS, GROUP));
  return counts.statements ?? 0;
}

test('a statement that names several merged actors counts once, and zero times if it is retracted or names another actor', async () => {
  const { newSource, read } = await folded([
    said('statement-one', speakers(A)),
    corrected('statement-one', speakers(A, B)),
    said('statement-two', speakers('actor-else')),
    corrected('statement-two', speakers(B, C)),
    retracted('statement-one'),
    corrected('statement-two', speakers(C, 'actor-else')),
    reinstated('statement-one', { content: 'x' }),
    corrected('statement-two', speakers('actor-else')),
    corrected('statement-one', { content: 'y' }),
    corrected('statement-one', speakers(B)),
  ]);
  const source = newSource();
  const counts: number[] = [];
  for (let at = 0; at < 10; at++) counts.push(await statementsAt(source, at));
  expect(counts).toEqual([1, 1, 1, 2, 1, 1, 2, 1, 1, 1]);
  read.lists = 0;
  await statementsAt(source, 9);
  expect(read.lists).toBe(0);
  for (let at = 0; at < 10; at++) expect(await statementsAt(newSource(), at), `as of ${at}`).toBe(counts[at]);
});

test.each([1, 2])(
  'merged actors are counted alike by old and new processes at positions in any order and over ends of windows: history %i',
  async (seed) => {
    const random = seeded(seed);
    const ids = [...GROUP, 'actor-else', 'actor-other'];
    const some = () => ids.filter(() => random.below(3) === 0);
    const entries: Entry[] = [];
    const begun = new Set<string>();
    for (let n = 0; n < 2_200; n++) {
      const [known, name] = [`statement-${random.below(n + 1)}`, `statement-${n}`];
      const named = [random.pick(ids), ...some()];
      if (begun.has(known) && random.below(3) === 0) entries.push(corrected(known, speakers(...named)));
      else {
        begun.add(name);
        entries.push(said(name, speakers(...named)));
      }
    }
    const { newSource } = await folded(entries);
    const source = newSource();
    let at = 1_900;
    for (let n = 0; n < 6; n++) {
      at = Math.min(entries.length - 1, at + random.below(90));
      expect(await statementsAt(source, at), `as of ${at}`).toBe(await statementsAt(newSource(), at));
    }
    expect(at).toBeGreaterThan(2_048);
    const earlier = random.below(1_900);
    expect(await statementsAt(source, earlier)).toBe(await statementsAt(newSource(), earlier));
  },
);
