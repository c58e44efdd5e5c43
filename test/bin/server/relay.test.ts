// If the sequencer fails, the process still folds published events and runs rebuilds.
import { afterEach, expect, test } from 'vitest';
import { startRelay, type Relay, type RelayContext } from '../../../bin/server/relay.ts';
import type { Sweep } from '../../../domain/ports.ts';
import { readGenerations } from '../../../domain/projections/catalog.ts';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import { reconciler } from '../../../domain/projections/rebuild/reconciler.ts';
import { sequence } from '../../../domain/log/sequencer.ts';
import { memoryRowStores } from '../../support/stores/memory-row-store.ts';
import { memoryTable } from '../../support/stores/memory-table.ts';
import { randomCommits } from '../../support/archives/random-commits.ts';
import { sequencerFixture } from '../../support/logs/sequenced.ts';

const EVENTS = 5;
const [first, ...others] = randomCommits(1, EVENTS);

let relay: Relay | undefined;
afterEach(() => relay?.stop());

/** Returns an archive in memory with published events that are not folded. `begins`: its first generation exists. */
async function published(begins: boolean) {
  const alarms: string[] = [];
  const alarm = (what: string): number => alarms.push(what);
  const of = { ...sequencerFixture(), catalog: memoryTable(), rows: memoryRowStores(), alarm, alarms };
  if (begins) await catchUp(of, () => false);
  for (const commit of [first, ...others]) {
    if (!commit) throw new Error('there is no commit');
    await of.store.append(commit);
    await sequence(of, [commit.stream]);
  }
  return of;
}

const start = (
  of: Awaited<ReturnType<typeof published>>,
  sweep: Sweep,
  more: Pick<RelayContext, 'thread'> = {},
): Relay =>
  (relay = startRelay({ ...of, sweep, clock: () => 0, rollbackRetentionMs: 0, removalDelayMs: 0, ...more }));

const NO_STREAMS: Sweep = async () => ({ streams: [] });
const FAILS: Sweep = async () => {
  throw new Error('the store cannot be read');
};

async function foldedIn({ catalog }: Awaited<ReturnType<typeof published>>): Promise<number | undefined> {
  const { live, generations } = await readGenerations(catalog);
  return live === undefined ? undefined : generations[live]?.['timeline']?.next;
}

test('read models are folded while the sweep fails, and an alarm reports the failure', async () => {
  const of = await published(true);
  await start(of, FAILS).settled();
  expect(await foldedIn(of)).toBe(EVENTS);
  expect(of.alarms).toEqual(['sequencing failed; the next round retries it']);
});

test('read models are folded while the published checkpoint contradicts the log', async () => {
  const of = await published(true);
  const checkpoint = await of.log.get('checkpoint');
  expect(await of.log.replace('checkpoint', new Uint8Array([1]), checkpoint?.etag)).toBe(true);
  start(of, NO_STREAMS).hint(first?.stream ?? '');
  await expect.poll(() => foldedIn(of), { timeout: 60_000 }).toBe(EVENTS);
  expect(of.alarms).toContain('sequencing failed; the next round retries it');
  expect(of.alarms[0]).toMatch(/^the log is stopped: /);
});

test('a rebuild continues while the sweep fails', async () => {
  const of = await published(false);
  await start(of, FAILS).settled();
  expect(await foldedIn(of)).toBe(EVENTS);
});

test('a process that starts resumes a running rebuild, even if another runner took a step just before', async () => {
  const of = await published(false);
  await reconciler({ ...of, clock: () => 0, rollbackRetentionMs: 0, removalDelayMs: 0 })();
  expect((await readGenerations(of.catalog)).building).toBe(1);
  let wakes = 0;
  const thread = { wake: () => wakes++, settled: async () => {}, stop: async () => {} };
  await start(of, NO_STREAMS, { thread }).settled();
  expect(wakes).toBe(1);
});
