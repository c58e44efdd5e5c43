// Tests the network as of a position if the log has a meeting before the introduction of one of its actors. Every process
// returns the same answer, regardless of its earlier reads.
import { expect, test } from 'vitest';
import { listEdges, networkViews } from '../../../../domain/queries/network/network-edges.ts';
import { openReadings, type OpenReading } from '../../../../domain/queries/open-readings.ts';
import { met, person, said, type Entry } from '../../../support/entries.ts';
import { commitsOf } from '../../../support/logs/log-of.ts';
import { publishedLog } from '../../../support/logs/published-log.ts';
import { caughtUp } from '../../../support/rebuilds.ts';

/** Returns what opens an archive as a process does that has not read anything yet. */
async function folded(entries: readonly Entry[]): Promise<() => OpenReading> {
  const of = await caughtUp(await publishedLog(commitsOf(entries)), entries.length);
  return () => openReadings(of);
}

async function edgesAt(open: OpenReading, at: number): Promise<string[]> {
  const { items } = await listEdges(await open(networkViews, at), {}, { limit: 100 });
  return items.map(({ between }) => between.join(' '));
}

const EDGE = ['actor-a actor-b'];

test('a meeting before the introduction of its actors is an edge for a warm process, a cold one, and one of an archive that ends there', async () => {
  const entries = [
    met('meeting-m', 'actor-a', 'actor-b'),
    person('actor-b'),
    person('actor-a'),
    person('actor-c'),
  ];
  const process = await folded(entries);
  const warm = process();
  await edgesAt(warm, entries.length - 1);
  for (let at = 0; at < entries.length; at++) {
    const ending = await folded(entries.slice(0, at + 1));
    expect(await edgesAt(warm, at), `warm, as of ${at}`).toEqual(EDGE);
    expect(await edgesAt(process(), at), `cold, as of ${at}`).toEqual(EDGE);
    expect(await edgesAt(ending(), at), `the log ends at ${at}`).toEqual(EDGE);
  }
});

test('a meeting is an edge if its actor is introduced thousands of positions later, or not at all', async () => {
  const others = Array.from({ length: 4_200 }, (_, n) =>
    said(`statement-${n}`, { speakers: [{ actor: 'actor-b' }] }),
  );
  const entries = [met('meeting-m', 'actor-a', 'actor-b'), person('actor-b'), ...others, person('actor-a')];
  const process = await folded(entries);
  const warm = process();
  for (const at of [4_202, 4_201, 4_096, 4_095, 4_094, 2_049, 2_048, 2_047, 1]) {
    expect(await edgesAt(warm, at), `warm, as of ${at}`).toEqual(EDGE);
    expect(await edgesAt(process(), at), `cold, as of ${at}`).toEqual(EDGE);
  }
  for (const length of [4_202, 4_096, 2_100]) {
    const ending = await folded(entries.slice(0, length));
    expect(await edgesAt(ending(), length - 1), `the log ends at ${length - 1}`).toEqual(EDGE);
  }
});
