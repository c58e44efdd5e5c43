// When actors and topics were last seen: from sums, or, if those do not know it, from the lists. Both say the same as of
// every position, while dates are corrected, things are retracted and reinstated, and windows of sums end.
import { expect, test, vi } from 'vitest';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import {
  readingAt,
  rowSourceOf,
  type Reading,
  type RowSource,
} from '../../../domain/projections/rows/reading.ts';
import { WINDOW } from '../../../domain/projections/rows/sums.ts';
import { actorList, topicList } from '../../../domain/projections/views/timeline-view.ts';
import { listActors } from '../../../domain/queries/actors/actor-list.ts';
import { latestOf } from '../../../domain/queries/last-seen.ts';
import { listTopics } from '../../../domain/queries/topics/topic-list.ts';
import { canonicalBytes } from '../../../events/envelope.ts';
import { person, type Entry } from '../../support/archives/archive-of.ts';
import { event } from '../../support/archives/written-history.ts';
import { statementData } from '../../support/archives/kinds.ts';
import { logOf } from '../../support/logs/log-of.ts';
import { memoryRowStores } from '../../support/stores/memory-row-store.ts';
import { memoryTable } from '../../support/stores/memory-table.ts';
import { publishAtOnce } from '../../support/logs/publishing.ts';
import { seeded, type Seeded } from '../../support/seeded.ts';
import { world } from '../../support/logs/sequenced.ts';
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
/** Some windows of events, of which most are about other things. */
const EVENTS = 3 * WINDOW + 200;
const QUIET = 12;

/** Statements that are made, corrected, retracted and reinstated at random: most dates that sums have are taken back. */
function historyOf(random: Seeded): Entry[] {
  const entries: Entry[] = ACTORS.map((id) => person(id));
  entries.push(['actor-merges', event('ActorsMerged', { actor: 'actor-d', into: 'actor-c', reason: 'x' })]);
  const made: { readonly id: string; retracted: boolean }[] = [];
  const pick = <T>(all: readonly T[]): T => all[random.below(all.length)] as T;
  const fields = () => ({
    madeOn: pick(DATES),
    speakers: [{ actor: pick(ACTORS) }],
    topics: [pick(TOPICS)],
  });
  for (let n = 0; entries.length < EVENTS; n++) {
    if (n % QUIET !== 0) {
      const other = { ...statementData, speakers: [{ actor: 'actor-other' }], topics: ['other'] };
      entries.push([`statement-other-${n}`, event('StatementMade', other)]);
      continue;
    }
    const last = made.length > 12 || (made.length > 0 && random.below(3) > 0) ? pick(made) : undefined;
    if (!last) {
      made.push({ id: `statement-${n}`, retracted: false });
      entries.push([`statement-${n}`, event('StatementMade', { ...statementData, ...fields() })]);
    } else if (last.retracted) {
      const reinstated = {
        cause: 'coding-error',
        reason: 'x',
        changes: fields(),
        evidence: [],
        reinstates: true,
      };
      entries.push([last.id, event('StatementCorrected', reinstated)]);
      last.retracted = false;
    } else {
      entries.push([last.id, event('StatementRetracted', { reason: 'a hoax' })]);
      last.retracted = true;
    }
  }
  return entries;
}

async function sourceAfter(entries: readonly Entry[]): Promise<RowSource> {
  const of = { ...world(), catalog: memoryTable(), rows: memoryRowStores() };
  await catchUp(of, () => false);
  await publishAtOnce(of, logOf(entries).map(canonicalBytes));
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
    expect(lastSeen, `${id} as of ${reading.at}`).toBe(await latestOf(reading, lists, [LEFT_OUT]));
  }
  for (const { topic, lastSeen } of await wholeList(page, (each) => listTopics(reading, {}, each)))
    expect(lastSeen, `${topic} as of ${reading.at}`).toBe(
      await latestOf(reading, [topicList(topic)], [LEFT_OUT]),
    );
}

test.each([1, 2])(
  'sums and lists say the same of actors and topics at every event about them: seed %i',
  async (seed) => {
    const source = await sourceAfter(historyOf(seeded(seed)));
    const positions = Array.from({ length: EVENTS / (3 * QUIET) }, (_, index) => 3 * index * QUIET + 6);
    for (const end of [WINDOW, 2 * WINDOW, 3 * WINDOW]) positions.push(end - 2, end - 1, end);
    for (const at of positions) await expectSame(readingAt(source, at));
  },
);
