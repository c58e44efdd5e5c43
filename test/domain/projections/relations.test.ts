// Tests the read models meeting, network and lines: records under a record, meetings of two actors, and lines of speakers.
// Retracted, cancelled and speculated meetings do not count, and a line has no speculation.
import { describe, expect, test } from 'vitest';
import { lines } from '../../../domain/projections/views/lines-view.ts';
import {
  lineOn,
  linesOf,
  meetingsOf,
  metBy,
  bucketPartition,
  speakersOn,
  topicInLine,
} from '../../../domain/projections/rows/row-keys.ts';
import { meeting } from '../../../domain/projections/views/meeting-view.ts';
import { network } from '../../../domain/projections/views/network-view.ts';
import { rowsAfter, type CurrentRows } from '../../support/stores/current-rows.ts';
import {
  corrected,
  held,
  met,
  reinstated,
  retracted,
  said,
  thought,
  type Entry,
} from '../../support/entries.ts';
import { event } from '../../support/archives/written-history.ts';
import { meetingData, second } from '../../support/archives/kinds.ts';

const [M, S] = ['meeting-m', 'statement-s'];
const [A, B, C, X, Y, G] = ['actor-a', 'actor-b', 'actor-c', 'actor-x', 'actor-y', 'actor-g'];
const parties = (...ids: string[]) => ids.map((actor) => ({ actor }));

describe('records under a record', () => {
  const about = (id: string, relation = 'about') => ({ regarding: [{ id, relation }] });
  const at = { meetingId: M };
  const both = said(S, { ...at, ...about(M) });

  test.each<[string, Entry[], Record<string, string[]>]>([
    [
      'statements made at a meeting, opinions on it, and meetings within it, by date',
      [
        thought('opinion-o', { publishedOn: '2023-03-05', ...about(M) }),
        said(S, at),
        held('meeting-inner', { heldOn: '2023-03-01', within: M }),
      ],
      { [M]: ['meeting-inner', S, 'opinion-o'] },
    ],
    [
      'statements that answer it',
      [said(S), said('statement-t', { ...at, ...about(S, 'answers') })],
      { [M]: ['statement-t'], [S]: ['statement-t'] },
    ],
    ['statements that were made at it and regard it, each once', [both], { [M]: [S] }],
    [
      'statements that a correction moves there',
      [said(S, at), corrected(S, { meetingId: 'meeting-n' })],
      { 'meeting-n': [S] },
    ],
    ['no statements that a correction takes out', [said(S, at), corrected(S, { meetingId: null })], {}],
    [
      'statements that a correction takes out but that still regard it',
      [both, corrected(S, { meetingId: null })],
      { [M]: [S] },
    ],
    ['no statements that no longer regard it', [both, corrected(S, { meetingId: null, regarding: [] })], {}],
    ['retracted statements', [said(S, at), retracted(S)], { [M]: [S] }],
  ])('under a record stand %s', (_what, entries, expected) => {
    const rows = rowsAfter(meeting, [held(M), ...entries]);
    const under = rows.partitions().map((partition) => [partition.slice('on/'.length), rows.ids(partition)]);
    expect(Object.fromEntries(under)).toEqual(expected);
  });
});

/** Whom an actor met, and how often: 0 if every meeting was reverted. */
const metOf = (rows: CurrentRows, id: string): Record<string, number> =>
  Object.assign({}, ...Object.values(rows.sums(metBy(id))));

describe('meetings of two actors', () => {
  const announced: Entry = [M, event('MeetingAnnounced', { ...meetingData, participants: parties(A, B) })];
  const calledOff: Entry = [M, event('MeetingCalledOff', { evidence: [second] })];
  const once = met(M, A, B);
  const guess = { certainty: 'speculated', attributedBy: [{ description: 'a blog' }] };
  const earlier = held('meeting-n', { heldOn: '2023-03-01', participants: parties(A, B) });

  test.each<[string, Entry[], times: Record<string, number>, meetings: string[]]>([
    [
      'as often as both took part in a meeting',
      [met(M, B, A, C), earlier],
      { [B]: 2, [C]: 1 },
      ['meeting-n', M],
    ],
    ['once, even if a meeting names one of them twice', [met(M, A, B, A)], { [B]: 1 }, [M]],
    ['not, if they are the same actor', [met(M, A, A)], {}, []],
    [
      'not, if a participant only speaks for one of them, or by a statement',
      [held(M, { participants: [{ actor: A, for: X }, ...parties(B)] }), said(S)],
      { [B]: 1 },
      [M],
    ],
    ['not, while the meeting is only announced', [announced], {}, []],
    ['not, if the meeting is cancelled', [announced, calledOff], {}, []],
    ['once, if a cancelled meeting was held after all', [announced, calledOff, met(M, A, C)], { [C]: 1 }, []],
    ['zero times, once the meeting is retracted', [once, retracted(M)], { [B]: 0 }, []],
    [
      'once, if a retracted meeting is reinstated',
      [once, retracted(M), reinstated(M, { heldOn: '2023-04' })],
      { [B]: 1 },
      [M],
    ],
    [
      'zero times, once a correction names other participants',
      [once, corrected(M, { participants: parties(B, C) })],
      { [B]: 0 },
      [],
    ],
    [
      'as often as before, if a correction moves the meeting to another day',
      [earlier, once, corrected(M, { heldOn: '2023-02-01' })],
      { [B]: 2 },
      [M, 'meeting-n'],
    ],
    ['not, while the meeting is speculated', [held(M, { participants: parties(A, B), ...guess })], {}, []],
    [
      'once, if a speculated meeting is reported',
      [held(M, { participants: parties(A, B), ...guess }), corrected(M, { certainty: 'reported' })],
      { [B]: 1 },
      [M],
    ],
    [
      'zero times, once the meeting is corrected to a speculation',
      [once, corrected(M, { certainty: 'speculated' })],
      { [B]: 0 },
      [],
    ],
  ])('two actors have met %s', (_what, entries, times, meetings) => {
    const rows = rowsAfter(network, entries);
    expect(metOf(rows, A)).toEqual(times);
    for (const [other, count] of Object.entries(times)) expect(metOf(rows, other)[A]).toBe(count);
    expect(rows.ids(meetingsOf(A, B))).toEqual(meetings);
    expect(metOf(rows, X)).toEqual({});
  });

  test('the actors whom an actor met take one row for each last character of an id', () => {
    const rows = rowsAfter(network, [met(M, A, B, C)]);
    expect(rows.sums(metBy(A))).toEqual({ b: { [B]: 1 }, c: { [C]: 1 } });
    expect(metOf(rows, B)).toEqual({ [A]: 1, [C]: 1 });
  });
});

describe('a line', () => {
  const by = (...ids: string[]) => ({ speakers: parties(...ids) });
  const one = said(S, by(A));
  const guess = said(S, { ...by(A), certainty: 'speculated', attributedBy: [{ actor: G }] });
  const rowsOn = (rows: CurrentRows, topic: string, speaker: string) =>
    rows.of(linesOf(speaker)).filter(({ sort }) => sort.startsWith(lineOn(topic)));
  /** By speaker and topic, the ids of what is in lines. */
  const linesIn = (rows: CurrentRows) =>
    Object.fromEntries(
      rows
        .partitions()
        .map((partition) => [
          partition.slice('line/'.length),
          rows
            .of(partition)
            .map(({ sort }) => `${topicInLine(sort)} ${sort.slice(sort.lastIndexOf('~') + 1)}`),
        ]),
    );

  test.each<[string, Entry[], Record<string, string[]>]>([
    [
      'has the statements and opinions of an actor on a topic, by date, and leads to every topic',
      [
        said('statement-late', { ...by(A), madeOn: '2023-03-05' }),
        one,
        thought('opinion-o', { by: { actor: A } }),
        said('statement-t', { ...by(A), topics: ['nato', 'g20'] }),
      ],
      { [A]: ['g20 opinion-o', `g20 ${S}`, 'g20 statement-t', 'g20 statement-late', 'nato statement-t'] },
    ],
    [
      'exists for each speaker, and for each actor that a speaker represents',
      [said(S, { speakers: [{ actor: A, for: C }, { actor: B }] })],
      { [A]: [`g20 ${S}`], [B]: [`g20 ${S}`], [C]: [`g20 ${S}`] },
    ],
    [
      'has no statement by addressees, and no meeting',
      [said(S, { ...by(A), addressees: parties(X), about: [Y] }), met(M, X, Y)],
      { [A]: [`g20 ${S}`] },
    ],
    ['has no speculated statement', [guess], {}],
    [
      'has a speculated statement once it is reported',
      [guess, corrected(S, { certainty: 'reported' })],
      { [A]: [`g20 ${S}`] },
    ],
    ['follows a correction of the topics', [one, corrected(S, { topics: ['nato'] })], { [A]: [`nato ${S}`] }],
    ['follows a correction of the speakers', [one, corrected(S, by(B))], { [B]: [`g20 ${S}`] }],
  ])('a line %s', (_what, entries, expected) => {
    const rows = rowsAfter(lines, entries);
    expect(linesIn(rows)).toEqual(expected);
    const speakers = Object.entries(expected).flatMap(([id, own]) =>
      own.join().includes('g20') ? [id] : [],
    );
    const counted = Object.entries(rows.sums(speakersOn('g20'))).filter(([, { lines }]) => lines);
    expect(counted.map(([id]) => id).toSorted()).toEqual(speakers);
  });

  test('a line marks a retracted statement until it is reinstated', () => {
    const bodies = (...entries: Entry[]) =>
      rowsOn(rowsAfter(lines, entries), 'g20', A).map(({ body }) => body);
    expect(bodies(one, retracted(S))).toEqual([{ retracted: true }]);
    expect(bodies(one, retracted(S), reinstated(S))).toEqual([{}]);
  });

  test('a line moves with a correction of the date, and the sums of speakers keep a 0', () => {
    const moved = rowsAfter(lines, [one, corrected(S, { madeOn: '2023', topics: ['nato'], ...by(B) })]);
    expect(moved.of(bucketPartition(linesOf(B), 'wide'))).toHaveLength(1);
    expect(moved.sums(speakersOn('g20'))).toEqual({ [A]: { lines: 0 } });
    expect(moved.sums(speakersOn('nato'))).toEqual({ [B]: { lines: 1 } });
  });
});
