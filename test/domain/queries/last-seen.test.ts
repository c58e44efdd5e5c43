// Tests the dates on which actors and topics were last seen, from sums, or from lists if sums do not have them. Both agree
// at every position, over corrected dates, retractions, reinstatements and ends of windows.
import { expect, test, vi } from 'vitest';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import {
  readingAt,
  rowSourceOf,
  type Reading,
  type RowSource,
} from '../../../domain/projections/rows/reading.ts';
import { WINDOW_POSITIONS } from '../../../domain/projections/rows/sums.ts';
import { actorList, topicList } from '../../../domain/projections/rows/row-keys.ts';
import { listActors } from '../../../domain/queries/actors/actor-list.ts';
import { latestDateIn } from '../../../domain/queries/last-seen.ts';
import { listTopics } from '../../../domain/queries/topics/topic-list.ts';
import { meetingData } from '../../support/archives/kinds.ts';
import { event } from '../../support/archives/written-history.ts';
import { held, merged, person, reinstated, retracted, said, type Entry } from '../../support/entries.ts';
import { commitsOf } from '../../support/logs/log-of.ts';
import { publishedLog } from '../../support/logs/published-log.ts';
import { caughtUp } from '../../support/rebuilds.ts';
import { seeded, type Seeded } from '../../support/seeded.ts';
import { wholeList } from '../../support/whole-list.ts';

// Much is folded here, however fast the machine is.
vi.setConfig({ testTimeout: 300_000 });

const ACTORS = ['actor-a', 'actor-b', 'actor-c', 'actor-d'];
const TOPICS = ['peace', 'trade'];
const DATES = [
  '2023',
  '2023-01',
  '2023-01-01',
  '2023-01-01?',
  '2023-01-01/2023-01-03',
  '2023-01-02',
  '2023-01-03',
];
/** Several windows of events; most of the events are about other records. */
const EVENTS = 3 * WINDOW_POSITIONS + 200;
const QUIET = 12;

/** Makes statements and corrects, retracts and reinstates them at random. Most dates in sums are reverted later. */
function historyOf(random: Seeded): Entry[] {
  const entries = [...ACTORS.map(person), merged('actor-d', 'actor-c')];
  const made: { readonly id: string; retracted: boolean }[] = [];
  const pick = <T>(all: readonly T[]): T => all[random.below(all.length)] as T;
  const fields = () => ({
    madeOn: pick(DATES),
    speakers: [{ actor: pick(ACTORS) }],
    topics: [pick(TOPICS)],
  });
  for (let n = 0; entries.length < EVENTS; n++) {
    if (n % QUIET !== 0) {
      entries.push(said(`statement-other-${n}`, { speakers: [{ actor: 'actor-other' }], topics: ['other'] }));
      continue;
    }
    const last = made.length > 12 || (made.length > 0 && random.below(3) > 0) ? pick(made) : undefined;
    if (!last) {
      made.push({ id: `statement-${n}`, retracted: false });
      entries.push(said(`statement-${n}`, fields()));
    } else {
      entries.push(last.retracted ? reinstated(last.id, fields()) : retracted(last.id));
      last.retracted = !last.retracted;
    }
  }
  return entries;
}

async function sourceAfter(entries: readonly Entry[]): Promise<RowSource> {
  const of = await caughtUp(await publishedLog(commitsOf(entries)), entries.length);
  expect((await catchUp(of)).stopped).toEqual(new Map());
  return rowSourceOf(of.rows.open(1), of);
}

/** Sums that have left out everything, so that only the lists know. */
const LEFT_OUT = { '<~': 0 };

async function expectSame(reading: Reading): Promise<void> {
  const page = { limit: 100 };
  for (const { id, mergedFrom = [], lastSeen } of await wholeList(page, (each) =>
    listActors(reading, {}, each),
  )) {
    const lists = [id, ...mergedFrom.map((merged) => merged.id)].map(actorList);
    expect(lastSeen, `${id} as of ${reading.at}`).toBe(await latestDateIn(reading, lists, [LEFT_OUT]));
  }
  for (const { topic, lastSeen } of await wholeList(page, (each) => listTopics(reading, {}, each)))
    expect(lastSeen, `${topic} as of ${reading.at}`).toBe(
      await latestDateIn(reading, [topicList(topic)], [LEFT_OUT]),
    );
}

test.each([1, 2])(
  'sums and lists have the same last dates of actors and topics at every event about them: seed %i',
  async (seed) => {
    const source = await sourceAfter(historyOf(seeded(seed)));
    const positions = Array.from({ length: EVENTS / (3 * QUIET) }, (_, index) => 3 * index * QUIET + 6);
    for (const end of [WINDOW_POSITIONS, 2 * WINDOW_POSITIONS, 3 * WINDOW_POSITIONS])
      positions.push(end - 2, end - 1, end);
    for (const at of positions) await expectSame(readingAt(source, at));
  },
);

test('an actor is not seen at a meeting that was announced or cancelled, until the meeting is held', async () => {
  const id = 'meeting-m';
  const source = await sourceAfter([
    person('actor-a'),
    [id, event('MeetingAnnounced', meetingData)],
    [id, event('MeetingCalledOff', { evidence: meetingData.evidence })],
    held(id),
  ]);
  const seenAt = async (at: number) => {
    const reading = readingAt(source, at);
    const { items } = await listActors(reading, { from: '2023' }, { limit: 1 });
    return [items.length, await latestDateIn(reading, [actorList('actor-a')], [LEFT_OUT])];
  };
  expect([await seenAt(1), await seenAt(2), await seenAt(3)]).toEqual([
    [0, undefined],
    [0, undefined],
    [1, '2023-03-03'],
  ]);
});
