// The invented histories of measurements are valid: each event is the one that its aggregate decides, and refers to
// existing resources.
import { beforeAll, describe, expect, test } from 'vitest';
import { history, type Entry } from './generate.ts';
import { actor, actorMerges } from '../../../domain/recording/actor.ts';
import { foldEvents, type Aggregate } from '../../../domain/recording/aggregate.ts';
import { article } from '../../../domain/recording/article.ts';
import { meeting } from '../../../domain/recording/meeting.ts';
import { opinion } from '../../../domain/recording/opinion.ts';
import { mapReferences } from '../../../domain/recording/references.ts';
import { statement } from '../../../domain/recording/statement.ts';
import { parseDate } from '../../../events/date.ts';
import { readEvent, type RecordedEvent } from '../../../events/envelope.ts';
import type { EventType } from '../../../events/vocabulary.ts';
import { commandOf } from '../archives/commands.ts';

const LENGTH = 5_000;
let entries: Entry[];
beforeAll(() => {
  entries = [...history(7, LENGTH)];
});
const events = (): RecordedEvent[] => entries.map(({ event }) => event);

test('each event is read from its bytes unchanged, and has its position', () => {
  expect(entries.map(({ bytes }) => readEvent(bytes))).toEqual(events());
  expect(entries.map(({ position }) => position)).toEqual(Array.from({ length: LENGTH }, (_, n) => n));
});

test('a seed gives the same bytes for each length of the history, and another seed gives others', () => {
  const first = (seed: number, length: number) =>
    history(seed, length)
      .take(300)
      .map(({ bytes }) => bytes)
      .toArray();
  const bytes = entries.slice(0, 300).map((entry) => entry.bytes);
  expect(first(7, LENGTH)).toEqual(bytes);
  expect(first(7, 300)).toEqual(bytes);
  const others = first(8, 300);
  expect(others.filter((other, n) => Buffer.compare(other, bytes[n] ?? other) === 0)).toEqual([]);
});

test('no two events have the same id', () => {
  expect(new Set(events().map(({ id }) => id)).size).toBe(LENGTH);
});

const aggregates = { actor, article, meeting, opinion, statement };
type Kind = keyof typeof aggregates;

test('each event is the next revision of its stream, and the one that its aggregate decides', () => {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events()) {
    const before = streams.get(event.subject) ?? [];
    expect(event.revision).toBe(before.length + 1);
    const kind =
      event.subject === 'actor-merges' ? actorMerges : aggregates[event.subject.split('-')[0] as Kind];
    const aggregate = kind as unknown as Aggregate<object, unknown, EventType>;
    const state = foldEvents(aggregate, before);
    const decided = aggregate.decide(state, commandOf(event, state));
    expect(decided).toEqual([{ type: event.type, data: event.data }]);
    streams.set(event.subject, [...before, event]);
  }
});

test('each event refers to earlier resources that are neither retracted nor withdrawn', () => {
  const there = new Set<string>();
  for (const event of events()) {
    const { subject, type, data } = event;
    const named = referencesOf(data).filter((id) => id !== subject);
    expect(named.filter((id) => !there.has(id))).toEqual([]);
    if (/Retracted$|Withdrawn$/.test(type) && !type.endsWith('EvidenceWithdrawn')) there.delete(subject);
    else if (event.revision === 1 || 'reinstates' in data) there.add(subject);
  }
});

function referencesOf(data: object): string[] {
  const ids: string[] = [];
  mapReferences(data, (id) => {
    ids.push(id);
    return id;
  });
  return ids;
}

describe('a history', () => {
  const share = (of: (event: RecordedEvent) => boolean): number => events().filter(of).length / LENGTH;
  const begun = /^(?:MeetingAnnounced|MeetingHeld|StatementMade|ExpertOpinionPublished)$/;
  const things = () => events().filter(({ type, revision }) => begun.test(type) && revision === 1);

  test.each<[string, RegExp, number, number]>([
    ['corrections, 3 %', /^(?:Meeting|Statement|ExpertOpinion)Corrected$/, 0.025, 0.035],
    ['retractions, 1 %', /^(?:Meeting|Statement|ExpertOpinion)Retracted$/, 0.007, 0.013],
    ['articles, 5 % to 7 %', /^ArticleArchived$/, 0.05, 0.07],
    ['withdrawn articles', /^ArticleWithdrawn$/, 0.0002, 0.002],
    ['evidence added, 7 % to 10 %', /EvidenceAdded$/, 0.07, 0.1],
    ['evidence withdrawn', /EvidenceWithdrawn$/, 0.001, 0.008],
    ['merges of actors', /^ActorsMerged$/, 0.0005, 0.003],
    ['unmerges', /^ActorsUnmerged$/, 0.0001, 0.0015],
    ['aliases', /^ActorAliased$/, 0.002, 0.008],
    ['actors corrected', /^ActorCorrected$/, 0.001, 0.005],
    ['cancelled meetings', /^MeetingCalledOff$/, 0.001, 0.005],
    ['actors introduced, fewer and fewer', /^ActorIntroduced$/, 0.04, 0.1],
  ])('a history contains %s', (_what, types, least, most) => {
    const found = share(({ type }) => types.test(type));
    expect(found).toBeGreaterThan(least);
    expect(found).toBeLessThan(most);
  });

  test('most records of a history are statements, and 8 % to 10 % are meetings', () => {
    const of = (kind: string) =>
      things().filter(({ subject }) => subject.startsWith(kind)).length / things().length;
    expect(of('meeting-')).toBeGreaterThan(0.08);
    expect(of('meeting-')).toBeLessThan(0.1);
    expect(of('statement-')).toBeGreaterThan(0.7);
  });

  test('some retractions of a history are reverted', () => {
    expect(share(({ data }) => 'reinstates' in data)).toBeGreaterThan(0.0005);
  });

  test('meetings of a history have two to six parties, and more than two sources on average', () => {
    const meetings = things().filter(({ subject }) => subject.startsWith('meeting-'));
    const sizes = meetings.map(({ data }) => ('participants' in data ? data.participants.length : 0));
    expect(Math.min(...sizes)).toBe(2);
    expect(Math.max(...sizes)).toBe(6);
    const pieces = events()
      .filter(({ type }) => type.startsWith('Meeting') && !type.endsWith('Withdrawn'))
      .flatMap(({ data }) => ('evidence' in data ? data.evidence : []));
    expect(pieces.length / meetings.length).toBeGreaterThan(2);
  });

  test('records of a history refer to one another', () => {
    const json = things().map(({ data }) => JSON.stringify(data));
    for (const link of ['"meetingId":"meeting-', '"within":"meeting-', '"regarding":[{"id":"'])
      expect(json.filter((data) => data.includes(link)).length).toBeGreaterThan(10);
  });

  test('most statements and opinions of a history have about 0.9 to 1.4 KB', () => {
    const bodies = things()
      .filter(({ subject }) => !subject.startsWith('meeting-'))
      .map(({ data }) => Buffer.byteLength(JSON.stringify(data)))
      .toSorted((a, b) => a - b);
    expect(bodies[Math.floor(bodies.length / 5)]).toBeGreaterThan(800);
    expect(bodies[Math.floor(bodies.length / 2)]).toBeGreaterThan(900);
    expect(bodies[Math.floor((bodies.length * 4) / 5)]).toBeLessThan(1_500);
  });

  test('a history has dates of all kinds: days, times, months, years, qualified dates, intervals and sets', () => {
    const dates = things().flatMap(({ data }) =>
      'heldOn' in data
        ? [data.heldOn]
        : 'madeOn' in data
          ? [data.madeOn]
          : 'publishedOn' in data
            ? [data.publishedOn ?? '']
            : [],
    );
    const spans = dates.map((date) => parseDate(date)).map((date) => (date.ok ? date.span : undefined));
    expect(spans).not.toContain(undefined);
    for (const sort of [
      /^\d{4}-\d\d-\d\d$/,
      /T\d\d:\d\d/,
      /^\d{4}-\d\d$/,
      /^\d{4}$/,
      /[~?%]$/,
      /^\[\.\./,
      /\/\.\.$/,
      /^\[.*,/,
      /^\{/,
      /X$/,
    ])
      expect(dates.filter((date) => sort.test(date)).length, String(sort)).toBeGreaterThan(0);
    const wide = spans.filter((span) => span && span.days > 31).length / spans.length;
    expect(wide).toBeGreaterThan(0.02);
    expect(wide).toBeLessThan(0.1);
    const days = dates.filter((date) => /^\d{4}-\d\d-\d\d$/.test(date)).length / dates.length;
    expect(days).toBeGreaterThan(0.7);
  });

  test.each(['actors', 'topics'])('few %s in most things, and many in few', (what) => {
    const pattern = what === 'actors' ? /"actor":"([^"]+)"/g : /"topics":\["([^"]+)"/g;
    const counts = new Map<string, number>();
    for (const { data } of things()) {
      for (const [, name = ''] of JSON.stringify(data).matchAll(pattern))
        counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const ranks = [...counts.values()].toSorted((a, b) => b - a);
    const mentions = ranks.reduce((sum, count) => sum + count, 0);
    const top = ranks.slice(0, 10).reduce((sum, count) => sum + count, 0) / mentions;
    expect(ranks.length).toBeGreaterThan(150);
    expect(top).toBeGreaterThan(0.3);
    expect(top).toBeLessThan(0.65);
    expect(ranks.filter((count) => count < 10).length).toBeGreaterThan(ranks.length / 3);
  });
});
