// Tests that verification counts the records that today's rules would refuse, with the state before each event.
import { expect, test } from 'vitest';
import { leastRecentlyUsedCache } from '../../../../domain/log/verify/recent-cache.ts';
import { streams } from '../../../../domain/log/verify/streams.ts';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import { event } from '../../../support/archives/written-history.ts';
import {
  archived,
  corrected,
  entriesOf,
  idOf,
  made,
  piece,
  verifyEntries,
} from '../../../support/logs/quoting-log.ts';

const text = '“Peace is near”, said Anna Beck, the minister, in Delhi. She was tired. Omar Diallo left.';
const near = piece(text, '“Peace is near”, said Anna Beck, the minister, in Delhi.');
const tired = piece(text, 'She was tired.');
const article = idOf(text);
const anna = event('ActorIntroduced', { id: 'actor-anna', kind: 'person', name: 'Anna Beck', aliases: [] });
const before = [
  [article, archived(text)],
  ['actor-anna', anna],
] as const;
const says = (over: object = {}): NewEvent => made([near], { content: 'Peace is near', ...over });
const renamed = event('ActorCorrected', { reason: 'married', changes: { name: 'Anna Diallo' } });

async function recordsIn(...events: (readonly [stream: string, event: NewEvent])[]) {
  const { faults, evidence } = await verifyEntries(entriesOf([...before, ...events]), [text]);
  expect(faults).toBe(0);
  return evidence?.records;
}

test("a record whose names are printed, whose words are spoken and whose date is past satisfies today's rules", async () => {
  const speakers = [{ actor: 'actor-anna', printed: 'Anna Beck', capacity: 'the minister' }];
  const records = await recordsIn(['statement-a', says({ speakers })]);
  expect(records).toEqual({ checked: 1, earlierRules: 0, notChecked: 0 });
});

test.each([
  ['a name that is not printed', says({ speakers: [{ actor: 'actor-anna', printed: 'Donald Duck' }] })],
  ['direct words outside quotation marks', made([tired], { content: 'She was tired' })],
  ['a date after it was recorded', says({ madeOn: '2999' })],
])(
  'a record counts as recorded under earlier rules, and is not a fault, if it has %s',
  async (_, statement) => {
    const records = await recordsIn(['statement-a', statement]);
    expect(records).toEqual({ checked: 1, earlierRules: 1, notChecked: 0 });
  },
);

test('a meeting held in the future counts as recorded under earlier rules, an announced meeting does not', async () => {
  const meeting = (type: 'MeetingHeld' | 'MeetingAnnounced') =>
    event(type, {
      title: 'Talks',
      participants: [{ actor: 'actor-anna' }, { description: 'Omar Diallo' }],
      heldOn: '2999',
      format: 'in-person',
      certainty: 'asserted',
      topics: [],
      evidence: [near],
    });
  const held = await recordsIn(['meeting-a', meeting('MeetingHeld')]);
  expect(held).toMatchObject({ checked: 1, earlierRules: 1 });
  const announced = await recordsIn(['meeting-a', meeting('MeetingAnnounced')]);
  expect(announced).toMatchObject({ checked: 1, earlierRules: 0 });
});

test('a correction is checked only for its changes', async () => {
  const wrong = says({ speakers: [{ actor: 'actor-anna', printed: 'Donald Duck' }] });
  const honest = await recordsIn(['statement-a', wrong], ['statement-a', corrected({ topics: ['peace'] })]);
  expect(honest).toEqual({ checked: 2, earlierRules: 1, notChecked: 0 });
  const later = await recordsIn(['statement-a', says()], ['statement-a', corrected({ madeOn: '2999' })]);
  expect(later).toEqual({ checked: 2, earlierRules: 1, notChecked: 0 });
});

test('a record is checked with the names that its speaker had when it was recorded', async () => {
  const byline = event('ArticleCorrected', { reason: 'left out', changes: { byline: 'By Anna Beck' } });
  const own = made([tired], { content: 'She was tired' });
  const records = await recordsIn(
    [article, byline],
    ['statement-a', own],
    ['actor-anna', { ...renamed, data: { ...renamed.data, nameWasWrong: true } }],
    ['statement-b', own],
  );
  expect(records).toEqual({ checked: 2, earlierRules: 1, notChecked: 0 });
});

test('a record is not checked if its article has no bytes or its speaker follows later in the log', async () => {
  const withdrawn = event('ArticleWithdrawn', { reason: 'a forgery' });
  const gone = await verifyEntries(
    entriesOf([...before, ['statement-a', says()], [article, withdrawn]]),
    async () => 'withdrawn',
  );
  expect([gone.faults, gone.evidence?.records]).toEqual([0, { checked: 0, earlierRules: 0, notChecked: 1 }]);
  const late = entriesOf([before[0], ['statement-a', says()], before[1]]);
  const { evidence } = await verifyEntries(late, [text]);
  expect(evidence?.records).toEqual({ checked: 0, earlierRules: 0, notChecked: 1 });
});

test('records are not checked without articles or in a log with faults', async () => {
  const entries = entriesOf([...before, ['statement-a', says()]]);
  expect((await verifyEntries(entries, undefined)).evidence).not.toHaveProperty('records');
  const missing = await verifyEntries(entries, []);
  expect(missing.faults).toBeGreaterThan(0);
  expect(missing.evidence).not.toHaveProperty('records');
});

test('the events of a stream are read once, in order, as far as they were added', async () => {
  const entries = entriesOf([...before, ['actor-anna', renamed]]);
  const read: number[] = [];
  const { add, end, state } = streams(entries.length, async (position) => {
    read.push(position);
    return entries[position];
  });
  const typesOf = (stream: string) =>
    state<string[]>(stream, (events, types = []) => [...types, ...events.map(({ type }) => type)]);
  add(article, 0);
  add('actor-anna', 1);
  expect(await typesOf('actor-anna')).toEqual(['ActorIntroduced']);
  add('actor-anna', 2);
  expect(await typesOf('actor-anna')).toEqual(['ActorIntroduced', 'ActorCorrected']);
  expect(await typesOf('actor-omar')).toEqual([]);
  expect(['actor-anna', 'actor-omar'].map(end)).toEqual([3, 0]);
  expect(read).toEqual([1, 2]);
});

test('a cache evicts its least recently used entries as soon as it holds too many bytes', () => {
  const cache = leastRecentlyUsedCache<number>(10);
  cache.set('a', 1, 4);
  cache.set('b', 2, 4);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3, 4);
  expect(['a', 'b', 'c'].map(cache.get)).toEqual([1, undefined, 3]);
  cache.set('a', 5, 11);
  expect(['a', 'b', 'c'].map(cache.get)).toEqual([undefined, undefined, undefined]);
});
