// One process keeps track of acknowledged commits without a position, and reads no table for it.
import { afterEach, expect, test } from 'vitest';
import { startRelay, type Relay } from '../../../bin/server/relay.ts';
import type { Sweep } from '../../../domain/ports.ts';
import { randomCommits } from '../../support/archives/random-commits.ts';
import { memoryRowStores } from '../../support/stores/memory-row-store.ts';
import { memoryTable } from '../../support/stores/memory-table.ts';
import { sequencerFixture } from '../../support/logs/sequenced.ts';

let relay: Relay;
afterEach(() => relay.stop());

/** Starts a relay on stores in memory. */
function started(sweep: Sweep = async () => ({ streams: [] })) {
  const alarms: string[] = [];
  const of = { ...sequencerFixture(), catalog: memoryTable(), rows: memoryRowStores() };
  const alarm = (what: string): number => alarms.push(what);
  relay = startRelay({ ...of, sweep, alarm, clock: () => 0, rollbackRetentionMs: 0, removalDelayMs: 0 });
  return { ...of, alarms };
}

test('the relay does not know about earlier commits until a sweep has read them all', async () => {
  let answer: (page: Awaited<ReturnType<Sweep>>) => void = () => {};
  started(async (from) =>
    from === undefined ? { streams: [], next: '1' } : new Promise((resolve) => (answer = resolve)),
  );
  expect(relay.unsequenced()).toEqual({ commits: 'unknown' });
  await new Promise(setImmediate);
  expect(relay.unsequenced()).toEqual({ commits: 'unknown' });
  answer({ streams: [] });
  await relay.settled();
  expect(relay.unsequenced()).toEqual({ commits: 'none' });
});

test('a commit counts as unsequenced from its hint until it has a position', async () => {
  const of = started();
  await relay.settled();
  const [commit] = randomCommits(1, 1);
  if (!commit) throw new Error('there is no commit');
  await of.store.append(commit);
  relay.hint(commit.stream);
  expect(relay.unsequenced()).toEqual({ commits: 'some' });
  await relay.settled();
  expect(relay.unsequenced()).toEqual({ commits: 'none' });
});

test('a commit that cannot be read stays unsequenced, and raises an alarm', async () => {
  const of = started();
  await relay.settled();
  await of.store.append({ stream: 'meeting-a', revision: 1, events: [new Uint8Array([1, 2, 3])] });
  relay.hint('meeting-a');
  await relay.settled();
  expect(relay.unsequenced()).toEqual({ commits: 'some' });
  expect(of.alarms).toEqual(['meeting-a cannot be read and is quarantined: restore its commits']);
});
