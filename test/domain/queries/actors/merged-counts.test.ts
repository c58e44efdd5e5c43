// Merged actors are counted as one. A process that has counted them goes on from there: what it says is what a process
// says that counts them for the first time.
import { expect, test } from 'vitest';
import { catchUp } from '../../../../domain/projections/catch-up.ts';
import { ACTOR_COUNTS } from '../../../../domain/projections/views/actors-view.ts';
import { readingAt, rowSourceOf, type RowSource } from '../../../../domain/projections/rows/reading.ts';
import { sumsOf } from '../../../../domain/projections/rows/sums.ts';
import { countsOf } from '../../../../domain/queries/actors/actor-counts.ts';
import { canonicalBytes } from '../../../../events/envelope.ts';
import type { Entry } from '../../../support/archives/archive-of.ts';
import { event } from '../../../support/archives/written-history.ts';
import { statementData } from '../../../support/archives/kinds.ts';
import { memoryRowStores } from '../../../support/stores/memory-row-store.ts';
import { memoryTable } from '../../../support/stores/memory-table.ts';
import { publishAtOnce } from '../../../support/logs/publishing.ts';
import { seeded } from '../../../support/seeded.ts';
import { world } from '../../../support/logs/sequenced.ts';
import { logOf } from '../../../support/logs/log-of.ts';

const [A, B, C] = ['actor-a', 'actor-b', 'actor-c'];
const GROUP = [A, B, C];

const speakers = (...ids: string[]) => ({ speakers: ids.map((actor) => ({ actor })) });
const said = (name: string, ...ids: string[]): Entry => [
  `statement-${name}`,
  event('StatementMade', { ...statementData, ...speakers(...ids) }),
];
const corrected = (name: string, changes: object, more: object = {}): Entry => [
  `statement-${name}`,
  event('StatementCorrected', { cause: 'coding-error', reason: 'x', changes, evidence: [], ...more }),
];
const retracted = (name: string): Entry => [
  `statement-${name}`,
  event('StatementRetracted', { reason: 'a hoax' }),
];

async function folded(entries: readonly Entry[]) {
  const of = { ...world(), catalog: memoryTable(), rows: memoryRowStores() };
  await catchUp(of, () => false);
  await publishAtOnce(of, logOf(entries).map(canonicalBytes));
  await catchUp(of);
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

test('a statement that comes to name more of them, or fewer, is retracted and reinstated, counts once or not at all', async () => {
  const { newSource, read } = await folded([
    said('one', A),
    corrected('one', speakers(A, B)),
    said('two', 'actor-else'),
    corrected('two', speakers(B, C)),
    retracted('one'),
    corrected('two', speakers(C, 'actor-else')),
    corrected('one', { content: 'x' }, { reinstates: true }),
    corrected('two', speakers('actor-else')),
    corrected('one', { content: 'y' }),
    corrected('one', speakers(B)),
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

test.each([1, 2])('in history %i, at positions in any order, over the ends of windows', async (seed) => {
  const random = seeded(seed);
  const ids = [...GROUP, 'actor-else', 'actor-other'];
  const some = () => ids.filter(() => random.below(3) === 0);
  const entries: Entry[] = [];
  const begun = new Set<string>();
  for (let n = 0; n < 2_200; n++) {
    const [known, name] = [`s${random.below(n + 1)}`, `s${n}`];
    const named = [random.pick(ids), ...some()];
    if (begun.has(known) && random.below(3) === 0) entries.push(corrected(known, speakers(...named)));
    else {
      begun.add(name);
      entries.push(said(name, ...named));
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
});
